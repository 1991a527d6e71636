import type { IdentityToken } from '../identity/identity-token.ts';
import type { AssumedCredentials } from './assumed-credentials.ts';
import { type CallContext, StsCall } from './sts-call.ts';
import type { AssumeRequest, ChainedAssumeRequest } from './sts-client.ts';

/** Identity token to exchange, with a way to get a newer one. */
export interface TokenSource {
  readonly current: IdentityToken;
  /** Returns undefined if the CI system has only one token. */
  renew(): Promise<IdentityToken> | undefined;
}

/** Exchanges the identity token for credentials of the role. @throws Failure */
export function exchange(
  tokens: TokenSource,
  request: AssumeRequest,
  context: CallContext,
): Promise<AssumedCredentials> {
  let token = tokens.current;
  return new StsCall('AssumeRoleWithWebIdentity', request, context, {
    send: (sts, endpoint, signal) => sts.assumeRoleWithWebIdentity(endpoint, token, request, signal),
    renew: async () => {
      const renewed = tokens.renew();
      if (renewed === undefined) return false;
      token = await renewed;
      return true;
    },
    secrets: () => [token.reveal()],
  }).run();
}

/**
 * Assumes the next role of a chain with the credentials of the previous one.
 *
 * @throws Failure
 */
export function chain(
  credentials: AssumedCredentials,
  request: ChainedAssumeRequest,
  context: CallContext,
): Promise<AssumedCredentials> {
  return new StsCall('AssumeRole', request, context, {
    send: (sts, endpoint, signal) => sts.assumeRole(endpoint, credentials, request, signal),
    renew: async () => false,
    secrets: () => [credentials.secretAccessKey.reveal(), credentials.sessionToken.reveal()],
  }).run();
}
