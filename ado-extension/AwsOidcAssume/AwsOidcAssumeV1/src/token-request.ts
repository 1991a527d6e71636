import {
  Failure,
  IdentityToken,
  type Log,
  printable,
  type RetryEdges,
  redacted,
  type Transport,
  TransportError,
  withRetries,
} from '@aws-oidc-assume/shared';
import { judge, TokenRefusal, tokenOf } from './token-answer.ts';
import { refuseForeignHost, type TokenHosts } from './token-hosts.ts';

export interface TokenRequest extends TokenHosts {
  /** `System.OidcRequestUri`: ends in `/oidctoken`. */
  readonly uri: string;
  /** Access token of the job's own connection. */
  readonly accessToken: string;
  /** GUID of the service connection whose subject the token is to bear; the pipeline's own without one. */
  readonly serviceConnectionId?: string | undefined;
  readonly maxAttempts: number;
}

export interface TokenEdges extends RetryEdges {
  readonly transport: Transport;
  readonly log: Log;
}

/**
 * Asks Azure DevOps for the job's identity token, again where that can help.
 * Source: REST reference, Distributed Task › Oidctoken › Create. The audience cannot be chosen.
 * @param timeLeft milliseconds until the overall limit
 * @throws Failure `InvalidOptions` for an address that the access token may not be sent to; `TokenRequestRefused`,
 * `UnexpectedAnswer`, `Throttled`, `ServiceFault`, `Unreachable`, `TokenMalformed`, …
 */
export async function requestToken(
  request: TokenRequest,
  edges: TokenEdges,
  signal: AbortSignal,
  timeLeft: () => number,
): Promise<IdentityToken> {
  const url = refuseForeignHost(request);
  url.searchParams.set('api-version', '7.1');
  if (request.serviceConnectionId !== undefined) {
    url.searchParams.set('serviceConnectionId', request.serviceConnectionId);
  }
  const known = (error: unknown): string => {
    const text = error instanceof Error ? error.message : String(error);
    // An answer may quote the request.
    return printable(redacted(text, [request.accessToken]), 600);
  };
  let attempts = 0;
  let last: unknown;
  try {
    const text = await withRetries(
      {
        maxAttempts: request.maxAttempts,
        signal,
        timeLeft,
        attempt: async () => {
          attempts++;
          return tokenOf(
            await edges.transport({ method: 'POST', url, headers: headersOf(request), body: '{}' }, signal),
          );
        },
        judge: (error) => {
          last = error;
          return judge(error);
        },
        beforeNext: ({ code }, n, wait) => {
          edges.log.info(
            `Token request: try ${n} of ${request.maxAttempts} failed (${code}: ${known(last)}); next in ${wait} ms.`,
          );
        },
      },
      edges,
    );
    return IdentityToken.parse(text);
  } catch (error) {
    const attempted = { action: 'The token request', endpoint: `${url.origin}${url.pathname}`, attempts };
    const answer = last === undefined ? {} : { answer: { ...factsOf(last), message: known(last) } };
    if (signal.aborted) throw Failure.from(signal.reason).with({ attempted, ...answer });
    // Of the token itself, which came and is none.
    if (error instanceof Failure) throw error.with({ attempted, answer: { message: error.message } });
    const changes = error instanceof TokenRefusal && error.changes.length > 0 ? { changes: error.changes } : {};
    throw new Failure(judge(error).code, `Azure DevOps gave no identity token: ${known(error)}`, {
      attempted,
      ...answer,
      ...changes,
    });
  }
}

function headersOf({ accessToken }: TokenRequest): Record<string, string> {
  return {
    authorization: `Bearer ${accessToken}`,
    'content-type': 'application/json',
    accept: 'application/json',
    // With it a bad access token is a plain 401; without, a redirect to the sign-in page.
    'x-tfs-fedauthredirect': 'Suppress',
  };
}

function factsOf(error: unknown): { status?: number; code?: string } {
  if (error instanceof TokenRefusal) return { status: error.status };
  return error instanceof TransportError ? { code: error.code } : {};
}
