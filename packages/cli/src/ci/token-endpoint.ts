import {
  Failure,
  type IdentityToken,
  isLoopback,
  type RetryLimits,
  type Runtime,
  requestIdentityToken,
  silentLog,
  type TokenService,
} from '@aws-oidc-assume/shared';

/**
 * An address for a bearer token: https, or http on this machine alone.
 * @throws Failure `TokenUnavailable`
 */
export function bearerAddress(text: string, variable: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) {
    return url;
  }
  throw new Failure(
    'TokenUnavailable',
    `${variable} is not an https address, so the job's access token is not sent there.`,
  );
}

/** Requests the job's identity token and logs nothing. @throws Failure as `requestIdentityToken` */
export function askForToken(service: TokenService, limits: RetryLimits, runtime: Runtime): Promise<IdentityToken> {
  return requestIdentityToken(service, limits, { ...runtime, log: silentLog });
}
