/**
 * Answer of one comparison. `unknown`: IAM documents no answer, or the answer needs a value that is not known here. It
 * does not fulfil an Allow and does not void a Deny.
 */
export type Verdict = 'yes' | 'no' | 'unknown';

export interface ComparisonResult {
  readonly verdict: Verdict;
  readonly note: string | undefined;
  /** Present with `unknown` if the value of this key of the request would decide. */
  readonly unknownKey?: string;
}

export const YES: ComparisonResult = { verdict: 'yes', note: undefined };
export const NO: ComparisonResult = { verdict: 'no', note: undefined };

export function fromBoolean(holds: boolean): ComparisonResult {
  return holds ? YES : NO;
}

export function unknown(note: string): ComparisonResult {
  return { verdict: 'unknown', note };
}

/** Returns the result for a key of the request whose value is unknown here. */
export function unknownValue(key: string, reason: string): ComparisonResult {
  return { verdict: 'unknown', note: reason, unknownKey: key };
}

/** Combines results by or: `yes` wins over `unknown`, and `unknown` over `no`. */
export function anyOf(results: readonly ComparisonResult[]): ComparisonResult {
  return (
    results.find((result) => result.verdict === 'yes') ??
    results.find((result) => result.verdict === 'unknown') ??
    results.find((result) => result.note !== undefined) ??
    NO
  );
}

/** Combines results by and: `no` wins over `unknown`, and `unknown` over `yes`. */
export function allOf(results: readonly ComparisonResult[]): ComparisonResult {
  return (
    results.find((result) => result.verdict === 'no') ?? results.find((result) => result.verdict === 'unknown') ?? YES
  );
}
