import type { ListedSession } from '../../../support/emulator-process.ts';
import type { Call } from './call.ts';

/** The administrator's credentials. */
export const ADMIN = { AWS_ACCESS_KEY_ID: 'administrator-key', AWS_SECRET_ACCESS_KEY: 'administrator' } as const;

const CREDENTIAL = /Credential=([\w-]+)\//;

export function accessKeyOf({ headers }: Call): string {
  const [, id = ''] = CREDENTIAL.exec(headers['authorization'] ?? '') ?? [];
  return id;
}

export function isSignedByAdmin(call: Call): boolean {
  return accessKeyOf(call) === ADMIN.AWS_ACCESS_KEY_ID;
}

/** Sessions that the emulator has issued so far. */
export interface Issued {
  readonly sessions: () => Promise<readonly ListedSession[]>;
  readonly secretValues: () => Promise<readonly string[]>;
}

/** The role whose session signed a call. Undefined without a session that the emulator opened and that still lasts. */
export async function callingRole(call: Call, issued: Issued): Promise<string | undefined> {
  const token = call.headers['x-amz-security-token'] ?? '';
  if (token === '' || !(await issued.secretValues()).includes(token)) return undefined;
  const session = (await issued.sessions()).find(({ accessKeyId }) => accessKeyId === accessKeyOf(call));
  return session === undefined || session.expired ? undefined : session.roleArn.split('/').at(-1);
}
