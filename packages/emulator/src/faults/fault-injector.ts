import type { EndpointName, Fault, FaultRule } from './fault-rule.ts';

export interface FaultQuery {
  readonly endpoint: EndpointName;
  readonly action: string | undefined;
}

interface CountedRule {
  readonly rule: FaultRule;
  /** Matching requests so far. */
  count: number;
  readonly bucket: TokenBucket | undefined;
}

/** Chooses the fault for each request by the rules that a test has set. */
export class FaultInjector {
  readonly #milliseconds: () => number;
  #rules: readonly CountedRule[] = [];

  /** @param milliseconds a monotonic clock */
  constructor(milliseconds: () => number) {
    this.#milliseconds = milliseconds;
  }

  rules(): readonly FaultRule[] {
    return this.#rules.map(({ rule }) => rule);
  }

  /** Replaces all rules. Counts start again. */
  replace(rules: readonly FaultRule[]): void {
    this.#rules = rules.map((rule) => {
      const { throttleRatePerSecond: rate } = rule.fault;
      return { rule, count: 0, bucket: rate === undefined ? undefined : new TokenBucket(rate, this.#milliseconds) };
    });
  }

  /** Counts the request and returns its fault: that of the first matching rule that applies. */
  next(query: FaultQuery): Fault | undefined {
    let chosen: CountedRule | undefined;
    for (const candidate of this.#rules) {
      if (!matches(candidate.rule, query)) continue;
      candidate.count += 1;
      if (ruleApplies(candidate)) chosen ??= candidate;
    }
    // A request within the rate is answered normally.
    return chosen?.bucket?.take() ? undefined : chosen?.rule.fault;
  }
}

function matches({ match }: FaultRule, { endpoint, action }: FaultQuery): boolean {
  return (match.endpoint ?? endpoint) === endpoint && (match.action ?? action) === action;
}

function ruleApplies({ rule: { match }, count }: CountedRule): boolean {
  return (match.nth ?? count) === count && count <= (match.times ?? count);
}

class TokenBucket {
  readonly #rate: number;
  readonly #capacity: number;
  readonly #milliseconds: () => number;
  #tokens: number;
  #last: number;

  /** @param rate tokens per second */
  constructor(rate: number, milliseconds: () => number) {
    this.#rate = rate;
    this.#capacity = Math.max(1, rate);
    this.#milliseconds = milliseconds;
    this.#tokens = this.#capacity;
    this.#last = milliseconds();
  }

  /** Takes one token. Returns false if there is none. */
  take(): boolean {
    const now = this.#milliseconds();
    this.#tokens = Math.min(this.#capacity, this.#tokens + ((now - this.#last) / 1000) * this.#rate);
    this.#last = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
