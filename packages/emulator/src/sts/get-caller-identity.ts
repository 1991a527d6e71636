import type { Session } from './sessions.ts';
import type { Elements } from './xml.ts';

/** Needs no permission: whoever can sign may ask. */
export function getCallerIdentity({ arn, userId, role }: Session): Elements {
  return { Arn: arn, UserId: userId, Account: role.accountId };
}
