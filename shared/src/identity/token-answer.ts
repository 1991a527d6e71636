import type { FailureCode } from '../core/failure.ts';
import { type HttpAnswer, retryAfterOf } from '../net/transport.ts';
import type { Verdict } from '../net/verdict.ts';

/** Answer of the token service without a token. The message may contain text from outside. */
export class TokenRefusal extends Error {
  readonly status: number;
  /** Name of the failure, and whether a retry can help. */
  readonly verdict: Verdict;

  constructor(answer: HttpAnswer) {
    const text = answer.body.toString('utf8');
    super(isPage(text) ? PAGE : (messageOf(text) ?? emptyOrStrange(text)));
    this.status = answer.status;
    this.verdict = verdictOf(answer, text);
  }
}

/**
 * Returns the token of a successful answer, `{"<member>": "<jwt>"}`.
 *
 * @throws TokenRefusal for any other answer
 */
export function tokenIn(answer: HttpAnswer, member: string): string {
  const token = jsonObject(answer.body.toString('utf8'))[member];
  if (answer.status === 200 && typeof token === 'string' && token.trim() !== '') return token;
  throw new TokenRefusal(answer);
}

const PAGE = 'a web page, most likely a sign-in page';

/**
 * Judges an answer without a token. Retries throttling, faults of the service, and a successful status without a token,
 * which Azure DevOps occasionally returns. Refusals are not retried.
 */
function verdictOf(answer: HttpAnswer, text: string): Verdict {
  const verdict = (code: FailureCode, retry: Verdict['retry']): Verdict => ({
    code,
    retry,
    tryNextEndpoint: false,
    backoff: 500,
    throttled: code === 'Throttled',
    retryAfter: retryAfterOf(answer),
  });
  const { status } = answer;
  if (status === 429) return verdict('Throttled', 'same');
  if (status >= 500) return verdict('ServiceFault', 'same');
  if (status !== 200) return verdict('TokenRequestRefused', 'never');
  return isPage(text) ? verdict('UnexpectedAnswer', 'never') : verdict('ServiceFault', 'same');
}

/** Message of an error in one of the forms `{message}`, `{value: "…"}` or `{value: {Message}}`. */
function messageOf(text: string): string | undefined {
  const { message, value } = jsonObject(text);
  const inner = typeof value === 'object' && value !== null && 'Message' in value ? value.Message : value;
  return [message, inner].find((one): one is string => typeof one === 'string' && one.trim() !== '');
}

function emptyOrStrange(text: string): string {
  if (text.trim() === '') return 'an empty answer';
  const isObject = Object.keys(jsonObject(text)).length > 0;
  // A JSON object is not quoted, because it may contain a token.
  return isObject ? 'an answer without a token' : `an answer that begins: ${text.slice(0, 80)}`;
}

function isPage(text: string): boolean {
  return /^\s*</.test(text);
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
