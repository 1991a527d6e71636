import type { RunIdentity } from './run-identity.ts';

/** What AWS STS takes as a role session name (API reference: 2 to 64 of `[\w+=,.@-]`). */
export const SESSION_NAME = /^[A-Za-z0-9_+=,.@-]{2,64}$/;

const LONGEST = 64;
/** Stands where a name was cut. Two dots: neither Bitbucket nor Azure DevOps names hold them. */
const CUT = '..';

/**
 * A role session name that reads well in CloudTrail and leads back to the run:
 * `bitbucket,acme,shop-api,42,1f0c9a2b` is system, workspace, repository, build and the first 8 digits of the step's
 * UUID. No name of these systems holds a comma. Where the whole is too long, owner and repository are cut, never the
 * end: build and step are what is unique.
 */
export function sessionNameOf(run: RunIdentity): string {
  const system = clean(run.system);
  const end = [clean(run.build), clean(run.step).replaceAll('-', '').slice(0, 8)].filter((part) => part !== '');
  const room = LONGEST - [system, '', '', ...end].join(',').length;
  const [owner, repository] = share(clean(run.owner), clean(run.repository), room);
  return [system, owner, repository, ...end].join(',').slice(0, LONGEST);
}

/** What a session name made by `sessionNameOf` says; undefined for any other name. */
export function decodeSessionName(name: string): DecodedSessionName | undefined {
  const [system, owner, repository, build, step] = name.split(',');
  if (!SESSION_NAME.test(name) || system === undefined || owner === undefined) return undefined;
  if (repository === undefined || build === undefined || name.split(',').length > 5) return undefined;
  return {
    system,
    owner: owner.replace(/\.\.$/, '…'),
    repository: repository.replace(/\.\.$/, '…'),
    build,
    ...(step === undefined ? {} : { step }),
  };
}

export interface DecodedSessionName {
  /** `bitbucket`, `azure`, `github`. */
  readonly system: string;
  /** Workspace or organization; ends in `…` where the name had to be cut, with `_` for characters AWS does not take. */
  readonly owner: string;
  /** Repository slug or project, likewise. */
  readonly repository: string;
  readonly build: string;
  /** First 8 digits of the step's or job's UUID. */
  readonly step?: string;
}

/** Braces of Bitbucket's UUIDs go; every other character that STS or the commas would mind becomes `_`. */
function clean(text: string): string {
  return text.replace(/[{}]/g, '').replace(/[^A-Za-z0-9_+=.@-]/g, '_');
}

/** Two names in so much room: the longer gives way first. */
function share(a: string, b: string, room: number): [string, string] {
  if (a.length + b.length <= room) return [a, b];
  const half = Math.floor(room / 2);
  if (a.length <= half) return [a, cut(b, room - a.length)];
  if (b.length <= room - half) return [cut(a, room - b.length), b];
  return [cut(a, half), cut(b, room - half)];
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, Math.max(0, length - CUT.length)) + CUT;
}
