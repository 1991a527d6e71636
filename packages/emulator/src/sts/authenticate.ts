import type { Clock } from '../clock.ts';
import type { Incoming } from '../http/incoming.ts';
import type { Session, Sessions } from './sessions.ts';
import { checkScope, checkSignature, parseAuthorization } from './signature-v4.ts';
import { StsError } from './sts-error.ts';

/**
 * The session whose credentials signed the request. Order of checks as on AWS: scope, credentials, session token, expiry,
 * signature. There are only sessions of this run, no IAM users.
 * @param service name in the scope of the signature
 * @throws StsError
 */
export function authenticate(
  request: Incoming,
  { sessions, clock }: { sessions: Sessions; clock: Clock },
  service: 'sts' | 'iam' = 'sts',
): Session {
  const authorization = parseAuthorization(request.headers.authorization);
  checkScope(authorization, service);
  const session = sessions.byAccessKeyId(authorization.accessKeyId);
  if (session === undefined || request.headers['x-amz-security-token'] !== session.sessionToken) {
    throw new StsError('InvalidClientTokenId');
  }
  if (clock.now() >= session.expires) throw new StsError('ExpiredToken');
  checkSignature(request, authorization, session.secretAccessKey, clock.machineMilliseconds());
  return session;
}
