import { isoSeconds, type Session } from './sessions.ts';
import type { Elements } from './xml.ts';

/** Elements of the answer common to both ways of assuming a role. */
export function sessionElements(session: Session): { AssumedRoleUser: Elements; Credentials: Elements } {
  return {
    AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.arn },
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: isoSeconds(session.expires),
    },
  };
}
