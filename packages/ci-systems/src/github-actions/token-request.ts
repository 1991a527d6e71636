import {
  type Environment,
  Failure,
  type IdentityToken,
  parseSecretUrl,
  type RetryLimits,
  requestIdentityToken,
  Secret,
  type TokenRuntime,
} from '@aws-oidc-assume/shared';

/** The runner sets this variable again for each step (runner, ScriptHandler.cs), so no earlier step can change it. */
export const URL_VARIABLE = 'ACTIONS_ID_TOKEN_REQUEST_URL';
export const TOKEN_VARIABLE = 'ACTIONS_ID_TOKEN_REQUEST_TOKEN';

/**
 * Requests the identity token of a job with `id-token: write`. The job chooses the audience.
 * Source: GitHub documentation, "OpenID Connect reference", methods for requesting the token.
 * @throws Failure `TokenUnavailable`, and those of `requestIdentityToken`
 */
export async function requestToken(
  env: Environment,
  audience: string,
  limits: RetryLimits,
  runtime: TokenRuntime,
): Promise<IdentityToken> {
  const address = env[URL_VARIABLE];
  const requestToken = env[TOKEN_VARIABLE];
  if (!address || !requestToken) {
    throw new Failure(
      'TokenUnavailable',
      `${URL_VARIABLE} and ${TOKEN_VARIABLE} are not set: this job may not request an identity token.`,
      {
        changes: [
          'Give the job the permission (a pull request from a fork never has it):\n  permissions:\n    id-token: write\n    contents: read',
        ],
      },
    );
  }
  const url = bearerUrl(address);
  url.searchParams.set('audience', audience);
  const service = {
    system: 'GitHub Actions',
    method: 'GET',
    url,
    headers: {},
    bearer: new Secret(requestToken),
    member: 'value',
    advice: () => [],
  } as const;
  return requestIdentityToken(service, limits, runtime);
}

/** The runner's URL has a query (`?api-version=…`); everything before it must be a plain URL for a secret. */
function bearerUrl(address: string): URL {
  const [, plain = '', query = ''] = /^([^?#]*)(\?[\w.=&%-]*)?$/.exec(address) ?? [];
  const url = parseSecretUrl(plain);
  if (typeof url !== 'string') return new URL(`${url.href}${query}`);
  throw new Failure('TokenUnavailable', `${URL_VARIABLE} ${url}. The request token of the job is not sent there.`);
}
