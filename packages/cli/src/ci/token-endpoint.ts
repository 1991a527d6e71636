import {
  Failure,
  type IdentityToken,
  isLoopback,
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

/** Asks for the job's identity token, four times at most and without a word. @throws Failure as `requestIdentityToken` */
export function askForToken(
  service: Omit<TokenService, 'maxAttempts'>,
  runtime: Runtime,
  signal: AbortSignal,
  timeLeft: () => number,
): Promise<IdentityToken> {
  return requestIdentityToken({ ...service, maxAttempts: 4 }, { ...runtime, log: silentLog }, signal, timeLeft);
}
