import type { Environment } from '../core/environment.ts';

const SWITCH = 'NODE_TLS_REJECT_UNAUTHORIZED';

/** Returns the warning for users who disabled Node's check of certificates; undefined otherwise. */
export function ignoredCheckSwitch(env: Environment): string | undefined {
  if (env[SWITCH] !== '0') return undefined;
  return `${SWITCH}=0 has no effect here: certificates are always checked. Remove it, because other Node programs of this job check none.`;
}

/** Whether a text contains a certificate in PEM form. Node silently ignores other text. */
export function hasCertificate(text: string): boolean {
  return /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/.test(text);
}

/**
 * Runs Node's `connect` without the warning that nothing is checked, which is wrong if the caller requests the check.
 */
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
