import type { SubjectDifference } from '../ci-systems/ci-system.ts';
import { ciSystem } from '../ci-systems/index.ts';
import { subjectFlaw } from '../ci-systems/subject.ts';
import { compareLevels } from '../ci-systems/subject-levels.ts';
import { hasWildcards, type LintedCondition } from '../lint/rule.ts';
import { matchesPattern, wildcardPattern } from '../policy/glob.ts';
import type { Claims } from '../policy/model.ts';
import type { CauseId } from './causes.ts';
import {
  type ConditionQuestion,
  caseMismatch,
  type Diagnosis,
  equalsWithWildcard,
  expectation,
  type Remedy,
  sentence,
} from './diagnosis.ts';
import { admitting } from './rewriting.ts';

/** Explains why a condition on the subject fails. If it expects several subjects, explains the nearest one. */
export function diagnoseSubject(question: ConditionQuestion): Diagnosis {
  const { trace } = question;
  const [nearest] = trace.expected
    .map((expected) => diagnoseExpected(question, expected))
    .toSorted((one, other) => nearness(one) - nearness(other));
  return (
    nearest ?? {
      cause: 'condition-failed',
      summary: sentence(expectation(trace)),
      remedy: correcting(question, undefined),
    }
  );
}

/** Ranks a diagnosis. Mistakes that matter only for this job come first, and subjects of other owners last. */
export function nearness({ cause, remedy }: Diagnosis): number {
  if (cause === 'another-owner') return 4;
  if (remedy.kind === 'job') return 1;
  return cause === 'other-subject' ? 2 : 0;
}

function diagnoseExpected(question: ConditionQuestion, expected: string): Diagnosis {
  const { trace, linted, hasVariables } = question;
  const both = expectation(trace, `"${expected}"`);
  if (!hasVariables && /\$\{[^}]*:[^}]*\}/.test(expected)) {
    const literal = 'The version of the policy has no policy variables and takes that text literally';
    return { cause: 'other-subject', summary: `${both}. ${literal}.`, remedy: correcting(question, expected) };
  }
  const spelling = diagnoseSpelling(question, expected, both);
  if (spelling !== undefined) return spelling;
  const difference = differenceOf(question, expected);
  if (difference !== undefined) {
    return {
      cause: difference.cause,
      summary: `${both}${difference.detail}`,
      remedy: remedyFor(question, expected, difference),
    };
  }
  const flaw = linted.issuer && subjectFlaw(linted.issuer, expected);
  if (flaw !== undefined) {
    const remedy = meaningJob(question, expected, expected);
    return { cause: flaw.id, summary: `${both}. ${sentence(flaw.message)}`, remedy };
  }
  return { cause: 'other-subject', summary: `${both}.`, remedy: unknownForm(question, expected) };
}

/** Explains a value that differs from the token's only by wildcards or case. */
function diagnoseSpelling(question: ConditionQuestion, expected: string, both: string): Diagnosis | undefined {
  const { trace, linted, identity } = question;
  const { issuer } = linted;
  const { sub } = identity;
  if (!hasWildcards(linted) && matchesPattern(wildcardPattern(expected), sub)) {
    const isName = issuer && ciSystem(issuer.provider.id).canHoldWildcard?.(expected) === true;
    const difference = isName ? differenceOf(question, expected) : undefined;
    const remedy = isName ? correcting(question, undefined) : correcting(question, expected);
    return {
      ...equalsWithWildcard(both, trace.operator),
      remedy: difference === undefined ? remedy : remedyFor(question, expected, difference),
    };
  }
  if (!matchesPattern(wildcardPattern(expected.toLowerCase()), sub.toLowerCase())) return undefined;
  const levels = issuer && ciSystem(issuer.provider.id).levels;
  const context = levels?.parse(expected)?.context;
  // Case counts in the names of branches and tags, so another spelling can be another branch.
  const observed = levels?.parse(sub)?.context ?? '';
  const isOtherRef = context !== undefined && !matchesPattern(wildcardPattern(context), observed);
  return { ...caseMismatch(both), remedy: correcting(question, isOtherRef ? undefined : expected) };
}

/** Difference between the token's subject and an expected one, in the context of a condition. */
export function differenceOf({ linted, identity, claims }: ConditionQuestion, expected: string) {
  return subjectDifference(linted, expected, { sub: identity.sub, claims });
}

/** Difference between the token's subject and an expected one, if the CI system can describe it. */
export function subjectDifference(
  linted: LintedCondition,
  expected: string,
  { sub, claims }: { readonly sub: string; readonly claims: Claims },
): SubjectDifference<CauseId> | undefined {
  const { issuer } = linted;
  if (issuer === undefined) return undefined;
  const system = ciSystem(issuer.provider.id);
  const flaw = subjectFlaw(issuer, expected)?.id;
  const comparison = { expected, wildcards: hasWildcards(linted), sub, claims, flaw };
  return system.compareSubjects?.(comparison) ?? (system.levels && compareLevels(comparison, system.levels));
}

/** @param mistaken value with a meaning that no token can have; it is replaced, and others are kept */
function correcting(question: ConditionQuestion, mistaken: string | undefined): Remedy {
  return { kind: 'correct', change: admitting(question, 'sub', mistaken) };
}

/**
 * Corrects a mistaken value if it names only parts of the token's subject. Otherwise it may mean another job, or a
 * limit that this job does not keep.
 */
export function meaningJob(question: ConditionQuestion, mistaken: string, meaning: string): Remedy {
  const words = wordsOf(question.identity.sub);
  if (wordsOf(meaning).every((word) => words.includes(word))) return correcting(question, mistaken);
  return {
    kind: 'decide',
    question: `If "${mistaken}" is meant to be this job`,
    change: admitting(question, 'sub', mistaken),
  };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_.-]+/gu) ?? [];
}

/** Text after a wildcard can limit the circumstances of the job, e.g. to an environment. */
function unknownForm(question: ConditionQuestion, expected: string): Remedy {
  if (!hasWildcards(question.linted) || !/[*?][^*?]/.test(expected)) return addingJob(question);
  return {
    kind: 'decide',
    question: `Change the job so that its subject matches "${expected}". If the role is meant for this job as it is`,
    change: admitting(question, 'sub'),
  };
}

/** Returns the remedy for a difference between two subjects. */
export function remedyFor(
  question: ConditionQuestion,
  expected: string,
  difference: SubjectDifference<CauseId>,
): Remedy {
  const { cause, jobChange } = difference;
  if (cause === 'another-owner') return { kind: 'none', text: ANOTHER_OWNER };
  if (jobChange !== undefined) return { kind: 'job', job: jobChange, change: admitting(question, 'sub') };
  if (cause !== 'other-subject') return correcting(question, expected);
  return addingJob(question);
}

/** Adds the job's subject. A value that admits another job stays next to it. */
function addingJob(question: ConditionQuestion): Remedy {
  return { kind: 'correct', change: admitting(question, 'sub'), more: MEANT_FOR_JOB };
}

const MEANT_FOR_JOB = 'Do this only if the role is meant for this job as well.';

export const ANOTHER_OWNER =
  'The token belongs to another owner than the role trusts. Nothing in the policy needs to change.';
