import { type Answer, type Attempted, Failure, type RequestedSession } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { redacted } from '../core/redact.ts';
import { printable } from '../core/text.ts';
import { type RetryLimits, type RetryRuntime, withRetries } from '../net/retry.ts';
import { TransportError } from '../net/transport-error.ts';
import type { Verdict } from '../net/verdict.ts';
import type { StsEndpoint } from '../options/options.ts';
import type { AssumedCredentials } from './assumed-credentials.ts';
import { classify } from './classify.ts';
import { type Sts, StsError } from './sts-client.ts';

/** Limits of all requests of one run. */
export interface Limits extends RetryLimits {
  /** The time limit in words: `60 s (TIMEOUT_SECONDS)`. */
  readonly timeLimit: string;
}

/** Surroundings of all calls of one run. */
export interface CallContext {
  readonly sts: Sts;
  /** Endpoints in order of preference. */
  readonly endpoints: readonly [StsEndpoint, ...StsEndpoint[]];
  readonly limits: Limits;
  /** Secrets of earlier calls, which an answer may also quote. */
  readonly secrets: readonly string[];
  readonly log: Log;
  readonly runtime: RetryRuntime;
}

/** Identity token or credentials that prove the caller's identity. */
export interface Proof {
  send(sts: Sts, endpoint: StsEndpoint, signal: AbortSignal): Promise<AssumedCredentials>;
  /** Whether there is a newer token to send from now on. */
  renew(): Promise<boolean>;
  /** Secrets that an answer may quote. */
  secrets(): readonly string[];
}

/** One call of AWS STS with its retries, endpoint after endpoint. */
export class StsCall {
  readonly #action: string;
  readonly #session: RequestedSession;
  readonly #context: CallContext;
  readonly #proof: Proof;
  /** Number of times that the call moved on to the next endpoint. */
  #moves = 0;
  #attempts = 0;
  #renewed = false;
  #lastError: unknown;
  #stopReason: string | undefined;

  constructor(action: string, { roleArn, sessionName }: RequestedSession, context: CallContext, proof: Proof) {
    this.#action = action;
    this.#session = { roleArn, sessionName };
    this.#context = context;
    this.#proof = proof;
  }

  /** @throws Failure */
  async run(): Promise<AssumedCredentials> {
    const { limits, runtime } = this.#context;
    try {
      return await withRetries(
        {
          ...limits,
          attempt: () => this.#send(),
          judge: (error) => this.#judge(error),
          beforeNext: (verdict, n, wait) => this.#prepareNext(verdict, n, wait),
          outOfTime: () => {
            this.#stopReason = `no further attempt: the time limit of ${limits.timeLimit} leaves no room for one`;
          },
        },
        runtime,
      );
    } catch (error) {
      throw this.#failure(error);
    }
  }

  get #endpoint(): StsEndpoint {
    const { endpoints } = this.#context;
    return endpoints[this.#moves % endpoints.length] ?? endpoints[0];
  }

  #send(): Promise<AssumedCredentials> {
    this.#attempts++;
    return this.#proof.send(this.#context.sts, this.#endpoint, this.#context.limits.signal);
  }

  #judge(error: unknown): Verdict {
    const verdict = classify(error);
    this.#lastError = error;
    // A second new token would not differ from the first.
    if (verdict.retry === 'new-token' && this.#renewed) return { ...verdict, retry: 'never' };
    // The next endpoint may succeed even after a permanent error of this one.
    if (verdict.tryNextEndpoint && this.#moves + 1 < this.#context.endpoints.length) {
      return { ...verdict, retry: 'same' };
    }
    return verdict;
  }

  async #prepareNext(verdict: Verdict, n: number, wait: number): Promise<void> {
    const { limits, log } = this.#context;
    const { code, status } = this.#answer(this.#lastError);
    const cause = printable(code ?? `HTTP ${status}`, 120);
    const failed = `Try ${n} of ${limits.maxAttempts} failed (${verdict.code}: ${cause})`;
    if (verdict.retry === 'new-token') {
      this.#renewed = true;
      if (!(await this.#proof.renew())) throw this.#lastError;
      log.info(`${failed}; next with a new token.`);
      return;
    }
    const before = this.#endpoint;
    if (verdict.tryNextEndpoint) this.#moves++;
    const where = this.#endpoint === before ? '' : ` at ${this.#endpoint.url}`;
    log.info(`${failed}; next in ${wait} ms${where}.`);
  }

  #failure(error: unknown): Failure {
    const { signal } = this.#context.limits;
    if (signal.aborted) {
      const reason = Failure.from(signal.reason);
      return reason.with({
        attempted: { ...this.#attempted(), stopReason: reason.message },
        ...(this.#lastError === undefined ? {} : { answer: this.#answer(this.#lastError) }),
      });
    }
    // The request for a new token failed; it already reports why.
    if (error instanceof Failure) return error;
    const answer = this.#answer(error);
    return new Failure(classify(error).code, `${this.#action} failed: ${answer.message}`, {
      attempted: this.#attempted(),
      answer,
    });
  }

  #attempted(): Attempted {
    return {
      action: this.#action,
      requested: this.#session,
      region: this.#endpoint.region,
      endpoint: this.#endpoint.url,
      attempts: this.#attempts,
      ...(this.#stopReason === undefined ? {} : { stopReason: this.#stopReason }),
    };
  }

  /** Facts of a failed attempt. Each text of it may come from outside and quote the request. */
  #answer(error: unknown): Answer & { readonly message: string } {
    const secrets = [...this.#context.secrets, ...this.#proof.secrets()];
    // Redacted first, because an escape for an invisible character would split a secret.
    const clean = (text: string) => printable(redacted(text, secrets), Number.POSITIVE_INFINITY);
    if (error instanceof TransportError) return { code: error.code, message: clean(error.message) };
    if (!(error instanceof StsError)) return { message: clean(String(error)) };
    const { status, code, requestId, message, date } = error.answer;
    return {
      ...(status === undefined ? {} : { status }),
      ...(code === undefined ? {} : { code: clean(code) }),
      ...(requestId === undefined ? {} : { requestId: clean(requestId) }),
      ...(date === undefined ? {} : { date }),
      message: clean(message),
    };
  }
}
