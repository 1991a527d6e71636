import type { Session } from './sessions.ts';
import type { Elements } from './xml.ts';

/** Returns the caller's identity. It needs no permission. */
export function getCallerIdentity({ arn, userId, role }: Session): Elements {
  return { Arn: arn, UserId: userId, Account: role.accountId };
}
