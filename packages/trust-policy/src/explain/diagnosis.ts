import type { JobChange } from '../ci-systems/ci-system.ts';
import type { WrittenCondition } from '../fix/edits.ts';
import type { Edit } from '../fix/fix.ts';
import type { LintedCondition } from '../lint/rule.ts';
import type { Claims, ConditionTrace } from '../policy/model.ts';
import { parseOperator } from '../policy/operators.ts';
import type { PolicyDocument, RoleStatement } from '../policy/policy-document.ts';
import { alternatives } from '../text/alternatives.ts';
import type { TokenIdentity } from '../token/statement-for.ts';
import type { TrustStatement } from '../token/trust-statement.ts';
import type { CauseId } from './causes.ts';

/** A cause with its explanation and its remedy. */
export interface Diagnosis {
  readonly cause: CauseId;
  /** Full sentences that quote both sides: the policy's value and the token's. */
  readonly summary: string;
  readonly remedy: Remedy;
}

/** Change of one element of a statement. Undefined if the statement has no place for it. */
export type Change = (document: PolicyDocument<RoleStatement>, statement: RoleStatement) => Edit | undefined;

/** Remedy for one cause. */
export type Remedy =
  /** The element is mistaken. Without a change, only another statement can admit the token. */
  | { readonly kind: 'correct'; readonly change: Change | undefined; readonly more?: string | undefined }
  /** The job lacks something that the policy requires. The change takes that limit off. */
  | { readonly kind: 'job'; readonly job: JobChange; readonly change: Change | undefined }
  /**
   * A person must decide whether the policy is mistaken. The question is a clause that the change completes. If no
   * change exists, a statement for this job completes it.
   */
  | {
      readonly kind: 'decide';
      /** Change that keeps the limits of the role, before the question. Full sentences. */
      readonly narrow?: string;
      readonly question: string;
      readonly change: Change | undefined;
    }
  /** No mechanical fix exists. Full sentences. */
  | { readonly kind: 'advise'; readonly text: string; readonly widens: boolean }
  /** The token belongs to another owner. */
  | { readonly kind: 'none'; readonly text: string };

/** A condition that fails, with its context. */
export interface ConditionQuestion {
  readonly trace: ConditionTrace;
  readonly linted: LintedCondition;
  readonly claims: Claims;
  readonly identity: TokenIdentity;
  /** The statement that would admit the token. */
  readonly admitting: TrustStatement;
  /** Whether the policy's version has policy variables. */
  readonly hasVariables: boolean;
}

/**
 * Returns `StringEquals on "…:sub" expects "…", but the token has "…"`, without a full stop.
 *
 * @param holder owner of the key: `the request` for a global key
 */
export function expectation(
  trace: ConditionTrace,
  expected: string = alternatives(trace.expected),
  holder: 'the token' | 'the request' = 'the token',
): string {
  const { operator, key, observed } = trace;
  if (observed === undefined) {
    const noun = holder === 'the token' ? 'claim' : 'key';
    return `${operator} on "${key}" expects ${expected}, but ${holder} has no such ${noun}`;
  }
  return parseOperator(operator)?.negated
    ? `${operator} on "${key}" excludes ${expected}, and ${holder} has ${alternatives(observed)}`
    : `${operator} on "${key}" expects ${expected}, but ${holder} has ${alternatives(observed)}`;
}

/** A cause without its remedy. */
export type Finding = Omit<Diagnosis, 'remedy'>;

/** @param both clause that quotes both sides */
export function equalsWithWildcard(both: string, operator: string): Finding {
  const summary = `${both}. ${operator} takes "*" and "?" literally; only StringLike reads them as wildcards.`;
  return { cause: 'equals-with-wildcard', summary };
}

/** @param both clause that quotes both sides */
export function caseMismatch(both: string): Finding {
  return { cause: 'case-mismatch', summary: `${both}. They differ only in upper and lower case, which counts.` };
}

export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The condition of the admitting statement on a claim. */
export function admittingCondition(admitting: TrustStatement, claim: string): WrittenCondition | undefined {
  return statedConditions(admitting).find(({ key }) => key.endsWith(`:${claim}`));
}

/** The conditions of a statement as a list. */
export function statedConditions({ Condition }: TrustStatement): WrittenCondition[] {
  return Object.entries(Condition).flatMap(([operator, block]) =>
    Object.entries(block).map(([key, value]) => ({ operator, key, values: [value].flat() })),
  );
}
