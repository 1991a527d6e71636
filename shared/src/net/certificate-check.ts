import type { Environment } from '../core/environment.ts';

const SWITCH = 'NODE_TLS_REJECT_UNAUTHORIZED';

/** Returns what to tell somebody who switched Node's check of certificates off; undefined otherwise. */
export function ignoredCheckSwitch(env: Environment): string | undefined {
  if (env[SWITCH] !== '0') return undefined;
  return `${SWITCH}=0 has no effect here: certificates are always checked. Remove it, because other Node programs of this job check none.`;
}

/** Runs Node's `connect` without the warning that nothing is checked, which is untrue where the caller asks for the check. */
export function withoutCheckSwitch<T>(connect: () => T): T {
  const value = process.env[SWITCH];
  if (value === undefined) return connect();
  delete process.env[SWITCH];
  try {
    return connect();
  } finally {
    process.env[SWITCH] = value;
  }
}
