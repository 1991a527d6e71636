import { type Answer, type Attempted, Failure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { redacted } from '../core/redact.ts';
import { printable } from '../core/text.ts';
import type { IdentityToken } from '../identity/identity-token.ts';
import { type RetryLimits, type RetryRuntime, withRetries } from '../net/retry.ts';
import { TransportError } from '../net/transport.ts';
import type { Options, StsEndpoint } from '../options/options.ts';
import type { AssumedCredentials } from './assumed-credentials.ts';
import { classify } from './classify.ts';
import { type AssumeRequest, type ChainedAssumeRequest, type Sts, StsError } from './sts-client.ts';

/** The token to trade, and a newer one where the CI system can give one. */
export interface TokenSource {
  readonly current: IdentityToken;
  /** Undefined where the CI system has only the one. */
  renew(): Promise<IdentityToken> | undefined;
}

export interface ExchangeRuntime extends RetryRuntime {
  readonly sts: Sts;
  readonly log: Log;
}

/** Limits of all requests of one run. */
export interface Limits extends RetryLimits {
  /** The time limit in words: `60 s (TIMEOUT_SECONDS)`. */
  readonly timeLimit: string;
}

/** Trades the identity token for credentials of the role. @throws Failure */
export function exchange(
  tokens: TokenSource,
  request: AssumeRequest,
  options: Options,
  limits: Limits,
  runtime: ExchangeRuntime,
): Promise<AssumedCredentials> {
  let token = tokens.current;
  return insist('AssumeRoleWithWebIdentity', request, options, limits, runtime, {
    send: (endpoint) => runtime.sts.assumeRoleWithWebIdentity(endpoint, token, request, limits.signal),
    renew: async () => {
      const renewed = tokens.renew();
      if (renewed === undefined) return false;
      token = await renewed;
      return true;
    },
    secrets: () => [token.reveal()],
  });
}

/** Assumes the next role of a chain with the credentials of the one before. @throws Failure */
export function chain(
  credentials: AssumedCredentials,
  request: ChainedAssumeRequest,
  options: Options,
  limits: Limits,
  runtime: ExchangeRuntime,
): Promise<AssumedCredentials> {
  return insist('AssumeRole', request, options, limits, runtime, {
    send: (endpoint) => runtime.sts.assumeRole(endpoint, credentials, request, limits.signal),
    renew: async () => false,
    secrets: () => [credentials.secretAccessKey.reveal(), credentials.sessionToken.reveal()],
  });
}

interface Call {
  send(endpoint: StsEndpoint): Promise<AssumedCredentials>;
  /** Whether there is a newer token to send from now on. */
  renew(): Promise<boolean>;
  secrets(): readonly string[];
}

async function insist(
  action: string,
  request: AssumeRequest,
  options: Options,
  limits: Limits,
  runtime: ExchangeRuntime,
  call: Call,
): Promise<AssumedCredentials> {
  let at = 0;
  let attempts = 0;
  let renewed = false;
  let stopReason: string | undefined;
  /** What the last attempt met. */
  let last: unknown;
  const endpoint = (): StsEndpoint => options.endpoints[at % options.endpoints.length] as StsEndpoint;
  const attempted = (): Attempted => ({
    action,
    requested: { roleArn: request.roleArn, sessionName: request.sessionName },
    region: endpoint().region,
    endpoint: endpoint().url,
    attempts,
    ...(stopReason === undefined ? {} : { stopReason }),
  });
  try {
    return await withRetries(
      {
        maxAttempts: options.maxAttempts,
        signal: limits.signal,
        timeLeft: limits.timeLeft,
        attempt: () => {
          attempts++;
          return call.send(endpoint());
        },
        judge: (error) => {
          const verdict = classify(error);
          last = error;
          // One new token; a second one would be as good as the first. Another endpoint, where there is one, may do
          // better even with what the first cannot heal.
          if (verdict.retry === 'new-token' && renewed) return { ...verdict, retry: 'never' };
          if (verdict.tryNextEndpoint && at + 1 < options.endpoints.length) return { ...verdict, retry: 'same' };
          return verdict;
        },
        beforeNext: async (verdict, n, wait) => {
          const failed = `Try ${n} of ${options.maxAttempts} failed (${verdict.code}: ${shortOf(last, call.secrets())})`;
          if (verdict.retry === 'new-token') {
            renewed = true;
            if (!(await call.renew())) throw last;
            runtime.log.info(`${failed}; next with a new token.`);
            return;
          }
          const from = endpoint();
          if (verdict.tryNextEndpoint) at++;
          const where = endpoint() === from ? '' : ` at ${endpoint().url}`;
          runtime.log.info(`${failed}; next in ${wait} ms${where}.`);
        },
        outOfTime: () => {
          stopReason = `no further attempt: the time limit of ${limits.timeLimit} leaves no room for one`;
        },
      },
      runtime,
    );
  } catch (error) {
    if (limits.signal.aborted) throw stopped(limits.signal, attempted(), last, call.secrets());
    // Of the request for a new token.
    if (error instanceof Failure) throw error;
    const answer = answerOf(error, call.secrets());
    throw new Failure(classify(error).code, `${action} failed: ${answer.message}`, { attempted: attempted(), answer });
  }
}

/** The time is up, or the run was cancelled: the signal's own reason says which. */
function stopped(signal: AbortSignal, attempted: Attempted, last: unknown, secrets: readonly string[]): Failure {
  const reason = Failure.from(signal.reason);
  return reason.with({
    attempted: { ...attempted, stopReason: reason.message },
    ...(last === undefined ? {} : { answer: answerOf(last, secrets) }),
  });
}

function answerOf(error: unknown, secrets: readonly string[]): Answer & { readonly message: string } {
  if (error instanceof StsError) return { ...error.answer, message: redacted(error.message, secrets) };
  if (error instanceof TransportError) return { code: error.code, message: redacted(error.message, secrets) };
  return { message: redacted(String(error), secrets) };
}

function shortOf(error: unknown, secrets: readonly string[]): string {
  const { code, status } = answerOf(error, secrets);
  return printable(code ?? `HTTP ${status}`, 120);
}
