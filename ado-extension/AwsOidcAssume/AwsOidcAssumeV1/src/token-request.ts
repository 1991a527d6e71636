import { Failure, IdentityToken, printable, type Transport, TransportError } from '@aws-oidc-assume/shared';

export interface TokenRequest {
  /** `System.OidcRequestUri`: ends in `/oidctoken`. */
  readonly uri: string;
  /** Access token of the job's own connection. */
  readonly accessToken: string;
  /** GUID of the service connection whose subject the token is to bear. */
  readonly serviceConnectionId: string | undefined;
}

/**
 * Asks Azure DevOps for the job's identity token.
 * Source: REST reference, Distributed Task › Oidctoken › Create. The audience cannot be chosen.
 * @throws Failure `TokenRequestRefused`, `Unreachable`, `Throttled`, `ServiceFault`
 */
export async function requestToken(
  request: TokenRequest,
  transport: Transport,
  signal: AbortSignal,
): Promise<IdentityToken> {
  const url = new URL(request.uri);
  url.searchParams.set('api-version', '7.1');
  if (request.serviceConnectionId !== undefined)
    url.searchParams.set('serviceConnectionId', request.serviceConnectionId);
  const attempted = { action: 'The token request', endpoint: `${url.origin}${url.pathname}`, attempts: 1 };

  const answer = await transport(
    {
      method: 'POST',
      url,
      headers: {
        authorization: `Bearer ${request.accessToken}`,
        'content-type': 'application/json',
        accept: 'application/json',
        // With it a bad access token is a plain 401; without, a redirect to the sign-in page.
        'x-tfs-fedauthredirect': 'Suppress',
      },
      body: '{}',
    },
    signal,
  ).catch((error: unknown) => {
    if (!(error instanceof TransportError)) throw error;
    throw new Failure('Unreachable', `The token request failed: ${error.message}`, {
      attempted,
      answer: { code: error.code, message: error.message },
    });
  });

  const text = answer.body.toString('utf8');
  const token = answer.status === 200 ? tokenOf(text) : undefined;
  if (token !== undefined) return IdentityToken.parse(token);
  throw new Failure('TokenRequestRefused', 'Azure DevOps gave no identity token.', {
    attempted,
    answer: { status: answer.status, message: messageOf(text).replaceAll(request.accessToken, '[secret]') },
  });
}

function tokenOf(text: string): string | undefined {
  const { oidcToken } = jsonObject(text);
  return typeof oidcToken === 'string' && oidcToken !== '' ? oidcToken : undefined;
}

/** The service answers errors as `{message}`, `{value: "…"}` or `{value: {Message}}`, and sign-in pages as HTML. */
function messageOf(text: string): string {
  if (/^\s*</.test(text))
    return 'a web page, most likely the sign-in page: the access token of the job was not accepted';
  const { message, value } = jsonObject(text);
  if (typeof message === 'string') return printable(message);
  if (typeof value === 'string') return printable(value);
  if (typeof value === 'object' && value !== null && 'Message' in value) return printable(String(value.Message));
  return text.trim() === '' ? 'an empty answer' : 'an answer without a token';
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
