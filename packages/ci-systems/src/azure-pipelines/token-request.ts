import {
  Failure,
  type IdentityToken,
  printable,
  type RetryLimits,
  requestIdentityToken,
  Secret,
  type TokenRuntime,
} from '@aws-oidc-assume/shared';
import { advice, type TokenRequestWords } from './advice.ts';
import { type TokenHosts, tokenRequestUrl } from './token-url.ts';

/** Everything that a request for the job's identity token needs. Survives JSON. */
export interface TokenRequest extends TokenHosts {
  /** Access token of the job. */
  readonly accessToken: string;
  /** GUID of the service connection to put into the subject. Undefined: the subject is the pipeline itself. */
  readonly serviceConnectionId?: string | undefined;
}

/**
 * Requests the job's identity token from Azure DevOps, which fixes its audience.
 * Source: REST reference, Distributed Task › Oidctoken › Create.
 * @throws Failure `InvalidOptions` for an address that may not get the access token, and those of `requestIdentityToken`
 */
export async function requestToken(
  request: TokenRequest,
  words: TokenRequestWords,
  limits: RetryLimits,
  runtime: TokenRuntime,
): Promise<IdentityToken> {
  const { accessToken, serviceConnectionId } = request;
  const url = tokenRequestUrl(request, words);
  url.searchParams.set('api-version', '7.1');
  if (serviceConnectionId !== undefined) url.searchParams.set('serviceConnectionId', serviceConnectionId);
  const service = {
    system: 'Azure DevOps',
    method: 'POST',
    url,
    // The second header turns the redirect to the sign-in page, the answer to a bad access token, into a plain 401.
    headers: { 'content-type': 'application/json', 'x-tfs-fedauthredirect': 'Suppress' },
    body: '{}',
    bearer: new Secret(accessToken),
    member: 'oidcToken',
    advice: (status: number, message: string) => advice(words, status, message),
  } as const;
  const token = await requestIdentityToken(service, limits, runtime);
  checkHolder(token, serviceConnectionId);
  return token;
}

/**
 * Beginning of a service connection's subject, including the issuer of Microsoft Entra, and of a pipeline's subject.
 */
const CONNECTION_SUBJECT = /^(?:sc:\/\/|\/eid1\/)/;
const PIPELINE_SUBJECT = /^p:\/\//;

/**
 * Refuses a token of a service connection that was not requested, and vice versa.
 *
 * @throws Failure `IdentityContradicted`
 */
function checkHolder(token: IdentityToken, serviceConnectionId: string | undefined): void {
  const subject = token.subject ?? '';
  const wrong = serviceConnectionId === undefined ? CONNECTION_SUBJECT : PIPELINE_SUBJECT;
  if (!wrong.test(subject)) return;
  const holder = serviceConnectionId === undefined ? 'the pipeline' : `the service connection ${serviceConnectionId}`;
  throw new Failure(
    'IdentityContradicted',
    `The token of ${holder} was requested, but its subject is "${printable(subject, 200)}".`,
    { changes: ['Find out what answers at the address of the token request, and which step changed that address.'] },
  );
}

/**
 * Returns the address of the token request, which Azure DevOps Server does not set.
 * @throws Failure `TokenUnavailable`
 */
export function requireUri(uri: string | undefined, { uriVariable }: TokenRequestWords): string {
  if (uri) return uri;
  throw new Failure('TokenUnavailable', `${uriVariable} is not set: this server gives jobs no identity tokens.`, {
    changes: ['Run the job on Azure DevOps Services; Azure DevOps Server has no such tokens.'],
  });
}
