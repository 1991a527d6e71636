import { Failure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { redacted } from '../core/redact.ts';
import type { Secret } from '../core/secret.ts';
import { printable } from '../core/text.ts';
import { type RetryLimits, type RetryRuntime, withRetries } from '../net/retry.ts';
import type { Transport } from '../net/transport.ts';
import { TransportError } from '../net/transport-error.ts';
import { type Verdict, verdictWithoutAnswer } from '../net/verdict.ts';
import { IdentityToken } from './identity-token.ts';
import { TokenRefusal, tokenIn } from './token-answer.ts';

/** Token service of a CI system: an HTTP endpoint that accepts a bearer token and answers in JSON. */
export interface TokenService {
  /** Name of the system for messages: `Azure DevOps`. */
  readonly system: string;
  readonly method: 'GET' | 'POST';
  /** The caller must have checked that the bearer token may be sent to this URL. */
  readonly url: URL;
  /** Headers in addition to those that every request has. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bearer: Secret;
  /** Member of the answer that contains the token. */
  readonly member: string;
  /** Returns changes that fix a refusal whose message does not state the cause. */
  advice(status: number, message: string): readonly string[];
}

export interface TokenRuntime extends RetryRuntime {
  readonly transport: Transport;
  readonly log: Log;
}

/**
 * Requests the job's identity token. Retries after throttling, a fault of the service, a broken connection, or a
 * successful answer without a token.
 *
 * @throws Failure `TokenRequestRefused`, `UnexpectedAnswer`, `Throttled`, `ServiceFault`, `Unreachable`,
 *   `TokenMalformed`, …
 */
export async function requestIdentityToken(
  service: TokenService,
  limits: RetryLimits,
  runtime: TokenRuntime,
): Promise<IdentityToken> {
  const { system, method, url, body, bearer, member } = service;
  const { signal, maxAttempts } = limits;
  const headers = { ...service.headers, accept: 'application/json', authorization: `Bearer ${bearer.reveal()}` };
  const request = { method, url, headers, ...(body === undefined ? {} : { body }) };
  const redactedMessage = (error: unknown): string => {
    const text = error instanceof Error ? error.message : String(error);
    // The answer may quote the request.
    return printable(redacted(text, [bearer.reveal()]), 600);
  };
  let attempts = 0;
  let last: unknown;
  try {
    const text = await withRetries(
      {
        ...limits,
        attempt: async () => {
          attempts++;
          return tokenIn(await runtime.transport(request, signal), member);
        },
        judge: (error) => {
          last = error;
          return judge(error);
        },
        beforeNext: ({ code }, n, wait) => {
          runtime.log.info(
            `Token request: try ${n} of ${maxAttempts} failed (${code}: ${redactedMessage(last)}); next in ${wait} ms.`,
          );
        },
      },
      runtime,
    );
    return IdentityToken.parse(text);
  } catch (error) {
    const attempted = {
      action: `The token request to ${system}`,
      endpoint: `${url.origin}${url.pathname}`,
      attempts,
    };
    const answer = last === undefined ? {} : { answer: { ...factsOf(last), message: redactedMessage(last) } };
    if (signal.aborted) throw Failure.from(signal.reason).with({ attempted, ...answer });
    // The service answered 200, but the value is not a JWT.
    if (error instanceof Failure) throw error.with({ attempted, answer: { status: 200, message: error.message } });
    const changes = error instanceof TokenRefusal ? service.advice(error.status, error.message) : [];
    throw new Failure(judge(error).code, `${system} gave no identity token: ${redactedMessage(error)}`, {
      attempted,
      ...answer,
      ...(changes.length === 0 ? {} : { changes }),
    });
  }
}

function judge(error: unknown): Verdict {
  return error instanceof TokenRefusal ? error.verdict : verdictWithoutAnswer(error);
}

function factsOf(error: unknown): { status?: number; code?: string } {
  if (error instanceof TokenRefusal) return { status: error.status };
  return error instanceof TransportError ? { code: error.code } : {};
}
