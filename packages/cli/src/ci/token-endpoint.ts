import {
  classify,
  type Edges,
  Failure,
  type HttpAnswer,
  IdentityToken,
  isLoopback,
  redacted,
  retryAfterOf,
  type Secret,
  TransportError,
  type Verdict,
  withRetries,
} from '@aws-oidc-assume/shared';
import { type JsonMembers, members } from '../json-members.ts';
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
        judge: (error) => (error instanceof TokenRefusal ? error.verdict : classify(error)),
      },
      edges,
    );
  } catch (error) {
    const failure = signal.aborted ? Failure.from(signal.reason) : failureOf(error, endpoint);
    throw failure.with({
      attempted: {
        action: `The token request to ${endpoint.system}`,
        endpoint: `${endpoint.url.origin}${endpoint.url.pathname}`,
        attempts,
      },
    });
  }
}

/** @throws TransportError | TokenRefusal | Failure `TokenMalformed` */
async function ask(endpoint: TokenEndpoint, edges: Edges, signal: AbortSignal): Promise<IdentityToken> {
  const { method, url, headers, body, bearer, member } = endpoint;
  const answer = await edges.transport(
    {
      method,
      url,
      headers: { ...headers, accept: 'application/json', authorization: `Bearer ${bearer.reveal()}` },
      ...(body === undefined ? {} : { body }),
    },
    signal,
  );
  const token = answer.status === 200 ? jsonObject(answer.body.toString('utf8'))[member] : undefined;
  if (typeof token === 'string' && token !== '') return IdentityToken.parse(token);
  throw new TokenRefusal(answer, bearer);
}

/** The CI system answered, but not with a token. */
class TokenRefusal extends Error {
  readonly status: number;
  readonly verdict: Verdict;

  constructor(answer: HttpAnswer, bearer: Secret) {
    super(redacted(messageOf(answer.body.toString('utf8')), [bearer.reveal()]));
    this.status = answer.status;
    this.verdict = verdictOf(answer);
  }
}

function verdictOf(answer: HttpAnswer): Verdict {
  const { status } = answer;
  const code = status === 429 ? 'Throttled' : status >= 500 ? 'ServiceFault' : 'TokenRequestRefused';
  const heals = code !== 'TokenRequestRefused' || status === 200 ? 'again' : 'no';
  const retryAfter = retryAfterOf(answer);
  return { code, heals, elsewhere: false, backoff: 500, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

function failureOf(error: unknown, { system, advice }: TokenEndpoint): Failure {
  if (error instanceof TransportError) {
    const { code, message } = error;
    return new Failure(classify(error).code, message, { answer: { code, message } }, { cause: error });
  }
  if (!(error instanceof TokenRefusal)) return Failure.from(error);
  const { status, message, verdict } = error;
  const changes = advice(status, message);
  return new Failure(verdict.code, `${system} gave no identity token.`, {
    answer: { status, message },
    ...(changes.length === 0 ? {} : { changes }),
  });
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

function jsonObject(text: string): JsonMembers {
  try {
    return members(JSON.parse(text));
  } catch {
    return {};
  }
}
