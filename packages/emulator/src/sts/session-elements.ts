import { isoSeconds, type Session } from './sessions.ts';
import type { Elements } from './xml.ts';

/** Elements of the answer common to both ways of assuming a role. */
export function sessionElements(session: Session): Elements {
  return {
    AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.arn },
    ...credentialElements(session),
  };
}

export function credentialElements(session: Session): Elements {
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: isoSeconds(session.expires),
    },
  };
}
