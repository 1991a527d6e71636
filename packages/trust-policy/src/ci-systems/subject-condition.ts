import { literalInEquals } from '../policy/literal.ts';

/** Condition on the subject of a token. The values are escaped for the operator. */
export interface SubjectCondition {
  readonly operator: 'StringEquals' | 'StringLike';
  readonly values: readonly string[];
}

/** Admits exactly these subjects. */
export function exactSubjects(...subjects: readonly string[]): SubjectCondition {
  return { operator: 'StringEquals', values: subjects.map(literalInEquals) };
}

/** Admits the subjects that match a pattern, which must be escaped already. */
export function subjectsLike(pattern: string): SubjectCondition {
  return { operator: 'StringLike', values: [pattern] };
}
