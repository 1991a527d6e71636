import type { RunIdentity } from './run-identity.ts';

/** Form of a role session name (STS API reference: 2 to 64 of `[\w+=,.@-]`). */
export const SESSION_NAME = /^[A-Za-z0-9_+=,.@-]{2,64}$/;

const LONGEST = 64;
/** Keeps at most the last 20 digits of the build number; a 64-bit integer has no more. */
const LONGEST_BUILD = 20;
/** Mark of a shortened name. A Bitbucket slug may also end in it, so it counts only in a session name of full length. */
const CUT = '..';

/**
 * Returns a role session name that is readable in CloudTrail and identifies the run:
 * `bitbucket,acme,shop-api,42,1f0c9a2b` is system, workspace, repository, build and the first 8 digits of the step's
 * UUID. No name of these systems contains a comma. When the name is too long, owner and repository are shortened; build
 * and step are unique and stay. Unknown parts at the end are left out.
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

/** Decodes a session name that `sessionNameOf` made for a run with a build. Returns undefined for any other. */
export function decodeSessionName(name: string): DecodedSessionName | undefined {
  const parts = name.split(',');
  if (!SESSION_NAME.test(name) || parts.length < 4 || parts.length > 5) return undefined;
  const [system, owner, repository, build, step] = parts as [string, string, string, string, string?];
  const displayed = (part: string) => (name.length < LONGEST ? part : part.replace(/\.\.$/, '…'));
  return {
    system,
    owner: displayed(owner),
    repository: displayed(repository),
    build,
    ...(step === undefined ? {} : { step }),
  };
}

export interface DecodedSessionName {
  /** `bitbucket`, `azure`, `github`. */
  readonly system: string;
  /** Workspace or organization. Ends in `…` when it was shortened; `_` replaces characters that AWS does not accept. */
  readonly owner: string;
  /** Repository slug or project, in the same form. */
  readonly repository: string;
  /** Build number; empty when the run had a step but no known build. */
  readonly build: string;
  /** First 8 digits of the step's or job's UUID. */
  readonly step?: string;
}

/** Removes the braces of Bitbucket's UUIDs, and replaces commas and characters that STS does not accept with `_`. */
function clean(text: string): string {
  return text.replace(/[{}]/g, '').replace(/[^A-Za-z0-9_+=.@-]/g, '_');
}

/** Fits two names into the given length. The longer is shortened first; if both are, the second gets the odd character. */
function share(a: string, b: string, room: number): [string, string] {
  if (a.length + b.length <= room) return [a, b];
  const half = Math.floor(room / 2);
  if (a.length <= half) return [a, cut(b, room - a.length)];
  if (b.length <= room - half) return [cut(a, room - b.length), b];
  return [cut(a, half), cut(b, room - half)];
}

/** Shortens text that is longer than the length. */
function cut(text: string, length: number): string {
  return text.slice(0, length - CUT.length) + CUT;
}
