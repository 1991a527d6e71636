import {
  classify,
  type Edges,
  Failure,
  IdentityToken,
  isLoopback,
  redacted,
  type Secret,
  TransportError,
  type Verdict,
  withRetries,
} from '@aws-oidc-assume/shared';
import { plain } from '../print.ts';

/** How a CI system is asked for a token over HTTP. */
export interface TokenEndpoint {
  /** `Azure DevOps` */
  readonly system: string;
  /** The variable that held the address, for messages. */
  readonly variable: string;
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bearer: Secret;
  /** The member of the answer that is the token. */
  readonly member: string;
  /** What to change, by the answer's status and message. */
  advice(status: number, message: string): readonly string[];
}

const MAX_ATTEMPTS = 4;

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

/**
 * Asks for the job's identity token. Only what can heal is tried again: the network, throttling, faults of the service,
 * and an answer without a token, which Azure DevOps is known to give now and then.
 * @throws Failure `TokenRequestRefused`, `Unreachable`, `Throttled`, `ServiceFault`
 */
export async function askForToken(
  endpoint: TokenEndpoint,
  edges: Edges,
  signal: AbortSignal,
  timeLeft: () => number,
): Promise<IdentityToken> {
  let attempts = 0;
  const attempted = () => ({
    action: `The token request to ${endpoint.system}`,
    endpoint: `${endpoint.url.origin}${endpoint.url.pathname}`,
    attempts,
  });
  try {
    return await withRetries(
      {
        maxAttempts: MAX_ATTEMPTS,
        signal,
        timeLeft,
        attempt: () => {
          attempts++;
          return ask(endpoint, edges, signal);
        },
        judge: verdictOf,
        beforeNext: () => {},
      },
      edges,
    );
  } catch (error) {
    throw Failure.from(signal.aborted ? signal.reason : error).with({ attempted: attempted() });
  }
}

async function ask(endpoint: TokenEndpoint, edges: Edges, signal: AbortSignal): Promise<IdentityToken> {
  const { method, url, headers, body, bearer, member } = endpoint;
  const answer = await edges
    .transport(
      {
        method,
        url,
        headers: { ...headers, accept: 'application/json', authorization: `Bearer ${bearer.reveal()}` },
        ...(body === undefined ? {} : { body }),
      },
      signal,
    )
    .catch((error: unknown) => {
      if (!(error instanceof TransportError)) throw error;
      const answered = { answer: { code: error.code, message: error.message } };
      throw new Failure(classify(error).code, error.message, answered, { cause: error });
    });
  const text = answer.body.toString('utf8');
  const token = answer.status === 200 ? jsonObject(text)[member] : undefined;
  if (typeof token === 'string' && token !== '') return IdentityToken.parse(token);
  const message = redacted(messageOf(text), [bearer.reveal()]);
  const changes = endpoint.advice(answer.status, message);
  throw new Failure(codeOf(answer.status), `${endpoint.system} gave no identity token.`, {
    answer: { status: answer.status, message },
    ...(changes.length === 0 ? {} : { changes }),
  });
}

function codeOf(status: number): 'Throttled' | 'ServiceFault' | 'TokenRequestRefused' {
  if (status === 429) return 'Throttled';
  return status >= 500 ? 'ServiceFault' : 'TokenRequestRefused';
}

function verdictOf(error: unknown): Verdict {
  const { code, details, cause } = Failure.from(error);
  if (cause instanceof TransportError) return classify(cause);
  const emptyAnswer = code === 'TokenRequestRefused' && details.answer?.status === 200;
  const heals = code === 'Throttled' || code === 'ServiceFault' || emptyAnswer;
  return { code, heals: heals ? 'again' : 'no', elsewhere: false, backoff: 500 };
}

/** Errors come as `{message}`, `{value: "…"}` or `{value: {Message}}`, and sign-in pages as HTML. */
function messageOf(text: string): string {
  if (/^\s*</.test(text)) {
    return 'a web page, most likely the sign-in page: the access token of the job was not accepted';
  }
  const { message, value } = jsonObject(text);
  if (typeof message === 'string') return plain(message);
  if (typeof value === 'string') return plain(value);
  if (typeof value === 'object' && value !== null && 'Message' in value) return plain(String(value.Message));
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
