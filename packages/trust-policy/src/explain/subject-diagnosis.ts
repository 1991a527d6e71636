import type { SubjectDifference } from '../ci-systems/ci-system.ts';
import { ciSystem } from '../ci-systems/index.ts';
import { subjectFlaw } from '../ci-systems/subject.ts';
import { hasWildcards } from '../lint/rule.ts';
import { matchesPattern, wildcardPattern } from '../policy/glob.ts';
import type { CauseId } from './causes.ts';
import {
  type ConditionQuestion,
  caseMismatch,
  type Diagnosis,
  equalsWithWildcard,
  expectation,
  rewriting,
  sentence,
} from './diagnosis.ts';

/** Explains why a condition on the subject fails. Of several expected subjects, explains the one that comes nearest. */
export function diagnoseSubject(question: ConditionQuestion): Diagnosis {
  const { trace, statement } = question;
  const diagnoses = trace.expected.map((expected) => diagnoseExpected(question, expected));
  return (
    diagnoses.find(({ cause }) => cause !== 'other-subject') ??
    diagnoses[0] ?? {
      cause: 'condition-failed',
      summary: sentence(expectation(trace)),
      fix: sentence(rewriting(trace, 'sub', statement)),
    }
  );
}

function diagnoseExpected(question: ConditionQuestion, expected: string): Diagnosis {
  const { trace, linted, statement, sub, claims } = question;
  const both = expectation(trace, `"${expected}"`);
  // No token can have this value, so the fix replaces it.
  const fix = sentence(rewriting(trace, 'sub', statement, expected));
  const wildcards = hasWildcards(linted);
  if (!wildcards && matchesPattern(wildcardPattern(expected), sub))
    return equalsWithWildcard(both, trace.operator, fix);
  if (matchesPattern(wildcardPattern(expected.toLowerCase()), sub.toLowerCase())) return caseMismatch(both, fix);
  const { issuer } = linted;
  const flaw = issuer && subjectFlaw(issuer, expected);
  const difference =
    issuer && ciSystem(issuer.provider.id).compareSubjects?.({ expected, wildcards, sub, claims, flaw: flaw?.id });
  if (difference !== undefined) return diagnoseDifference(question, { both, expected, difference });
  if (flaw !== undefined) return { cause: flaw.id, summary: `${both}. ${sentence(flaw.message)}`, fix };
  return { cause: 'other-subject', summary: `${both}.`, fix: sentence(rewriting(trace, 'sub', statement)) };
}

interface ComparedSubjects {
  /** Clause that quotes both subjects. */
  readonly both: string;
  readonly expected: string;
  readonly difference: SubjectDifference<CauseId>;
}

function diagnoseDifference(
  { trace, statement }: ConditionQuestion,
  { both, expected, difference }: ComparedSubjects,
): Diagnosis {
  const { cause, detail, jobChange } = difference;
  // A value that admits another job stays next to the one that this token needs.
  const admitsOtherJobs = cause === 'other-subject' || jobChange !== undefined;
  const rewrite = rewriting(trace, 'sub', statement, admitsOtherJobs ? undefined : expected);
  return {
    cause,
    summary: `${both}${detail}`,
    fix: jobChange === undefined ? sentence(rewrite) : `${jobChange.fix} Or, to ${jobChange.alternative}, ${rewrite}.`,
  };
}
