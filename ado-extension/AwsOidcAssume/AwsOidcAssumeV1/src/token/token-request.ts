import {
  type IdentityToken,
  type RetryLimits,
  requestIdentityToken,
  Secret,
  type TokenRuntime,
} from '@aws-oidc-assume/shared';
import { refuseForeignHost, type TokenHosts } from './token-hosts.ts';

export interface TokenRequest extends TokenHosts {
  /** `System.OidcRequestUri`: ends in `/oidctoken`. */
  readonly uri: string;
  /** Access token of the job's own connection. */
  readonly accessToken: string;
  /** GUID of the service connection whose subject the token is to bear; the pipeline's own without one. */
  readonly serviceConnectionId?: string | undefined;
}

/**
 * Asks Azure DevOps for the job's identity token.
 * Source: REST reference, Distributed Task › Oidctoken › Create. The audience cannot be chosen.
 * @throws Failure `InvalidOptions` for an address that the access token may not be sent to, and those of
 * `requestIdentityToken`
 */
export async function requestToken(
  request: TokenRequest,
  limits: RetryLimits,
  runtime: TokenRuntime,
): Promise<IdentityToken> {
  const url = refuseForeignHost(request);
  url.searchParams.set('api-version', '7.1');
  if (request.serviceConnectionId !== undefined) {
    url.searchParams.set('serviceConnectionId', request.serviceConnectionId);
  }
  return requestIdentityToken(
    {
      system: 'Azure DevOps',
      method: 'POST',
      url,
      // With the second a bad access token is a plain 401; without, a redirect to the sign-in page.
      headers: { 'content-type': 'application/json', 'x-tfs-fedauthredirect': 'Suppress' },
      body: '{}',
      bearer: new Secret(request.accessToken),
      member: 'oidcToken',
      advice,
    },
    limits,
    runtime,
  );
}

function advice(status: number, message: string): string[] {
  if (/no explicit reference to service connection/i.test(message)) {
    return [
      'A job may ask only for connections that it refers to itself. Give the connection in the input serviceConnection of',
      'this very step, by its name and not by a variable that gets its value at run time: the reference is resolved when',
      'the run is queued.',
    ];
  }
  if (status === 401 || status === 203 || (status >= 300 && status < 400)) {
    return [
      'Azure DevOps did not accept the access token of this job. It is good only for this job and only while it runs;',
      'look at the job authorization scope of the project, and at anything between the agent and Azure DevOps that',
      'removes the Authorization header.',
    ];
  }
  if (status === 404) {
    return [
      'Azure DevOps knows no such plan or job at this address: System.OidcRequestUri is not that of the running job. No',
      'step may set that variable.',
    ];
  }
  return [];
}
