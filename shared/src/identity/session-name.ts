import type { RunIdentity } from './run-identity.ts';

/** What AWS STS takes as a role session name (API reference: 2 to 64 of `[\w+=,.@-]`). */
export const SESSION_NAME = /^[A-Za-z0-9_+=,.@-]{2,64}$/;

const LONGEST = 64;
/** Of a build so much, from its end: no number of 64 bits has more digits. */
const LONGEST_BUILD = 20;
/** Stands where a name was cut. A Bitbucket slug may itself end so: it is a cut only in a name that is full. */
const CUT = '..';

/**
 * A role session name that reads well in CloudTrail and leads back to the run:
 * `bitbucket,acme,shop-api,42,1f0c9a2b` is system, workspace, repository, build and the first 8 digits of the step's
 * UUID. No name of these systems holds a comma. Where the whole is too long, owner and repository are cut, never the
 * end: build and step are what is unique. What is not known at the end is left out.
 */
export function sessionNameOf(run: RunIdentity): string {
  const system = clean(run.system);
  const build = clean(run.build).slice(-LONGEST_BUILD);
  const step = clean(run.step).slice(0, 8);
  const end = step === '' ? [build] : [build, step];
  const room = LONGEST - [system, '', '', ...end].join(',').length;
  const [owner, repository] = share(clean(run.owner), clean(run.repository), room);
  return [system, owner, repository, ...end].join(',').replace(/,+$/, '');
}

/** What a session name of the form that `sessionNameOf` gives to a run with a build says; undefined for any other. */
export function decodeSessionName(name: string): DecodedSessionName | undefined {
  const parts = name.split(',');
  if (!SESSION_NAME.test(name) || parts.length < 4 || parts.length > 5) return undefined;
  const [system, owner, repository, build, step] = parts as [string, string, string, string, string?];
  const shown = (part: string) => (name.length < LONGEST ? part : part.replace(/\.\.$/, '…'));
  return {
    system,
    owner: shown(owner),
    repository: shown(repository),
    build,
    ...(step === undefined ? {} : { step }),
  };
}

export interface DecodedSessionName {
  /** `bitbucket`, `azure`, `github`. */
  readonly system: string;
  /** Workspace or organization; ends in `…` where it had to be cut, with `_` for characters AWS does not take. */
  readonly owner: string;
  /** Repository slug or project, likewise. */
  readonly repository: string;
  /** Empty where the run had a step, but no build that was known. */
  readonly build: string;
  /** First 8 digits of the step's or job's UUID. */
  readonly step?: string;
}

/** Braces of Bitbucket's UUIDs go; every other character that STS or the commas would mind becomes `_`. */
function clean(text: string): string {
  return text.replace(/[{}]/g, '').replace(/[^A-Za-z0-9_+=.@-]/g, '_');
}

/** Two names in so much room: the longer gives way first. Where both are cut, the second has the odd character. */
function share(a: string, b: string, room: number): [string, string] {
  if (a.length + b.length <= room) return [a, b];
  const half = Math.floor(room / 2);
  if (a.length <= half) return [a, cut(b, room - a.length)];
  if (b.length <= room - half) return [cut(a, room - b.length), b];
  return [cut(a, half), cut(b, room - half)];
}

/** For text that is longer. */
function cut(text: string, length: number): string {
  return text.slice(0, length - CUT.length) + CUT;
}
