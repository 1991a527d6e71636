import type { SubjectRule } from '../ci-systems/ci-system.ts';
import { allCiSystems, ciSystem } from '../ci-systems/index.ts';
import type { Issuer } from '../ci-systems/issuer.ts';
import { leavesOwnerOpen, pinsOwner, subjectSubstitute } from '../ci-systems/owner.ts';
import { namesItsScope, subjectFlaw } from '../ci-systems/subject.ts';
import { findPlaceholder } from '../text/placeholder.ts';
import {
  eachSubject,
  eachValue,
  hasWildcards,
  isStringComparison,
  type LintedCondition,
  type LintedStatement,
  type Rule,
  requiresValue,
  WILDCARDS_ONLY,
} from './rule.ts';

/** Rules on subjects: those of each CI system, then those that all share. */
export const SUBJECT_RULES: readonly Rule[] = [
  ...allCiSystems().flatMap(({ subjectRules = [] }) => subjectRules.map(systemRule)),
  {
    id: 'subject-owner-open',
    severity: 'error',
    about:
      'All customers of the service share this issuer, and a wildcard in the subject comes before the owner, group or organization is named in full, e.g. `repo:*`.',
    check: (policy) =>
      eachSubject(policy, (value, condition, statement) =>
        admitsStrangers(value, condition, statement)
          ? {
              message: `"${value}" also matches jobs of strangers: all customers of ${condition.issuer.provider.name} share this issuer, and the first wildcard comes before the owner's name ends`,
              fix: subjectSubstitute(condition.claim)?.nameInFull ?? nameOneScope(condition.issuer),
            }
          : undefined,
      ),
  },
  {
    id: 'subject-wide',
    severity: 'warning',
    about: 'A wildcard in the subject comes before the repository, project, pipeline or connection is named in full.',
    check: (policy) =>
      eachSubject(policy, (value, condition, statement) => {
        const { issuer, claim } = condition;
        if (issuer === undefined || !hasWildcards(condition) || WILDCARDS_ONLY.test(value)) return undefined;
        if (findPlaceholder(value) !== undefined || admitsStrangers(value, condition, statement)) return undefined;
        const substitute = subjectSubstitute(claim);
        const isNamed =
          substitute?.namesScope(value) ?? (subjectFlaw(issuer, value) !== undefined || namesItsScope(issuer, value));
        return isNamed
          ? undefined
          : {
              message: `"${value}" also matches ${substitute?.noun ?? 'subjects'} of neighbours: "*" crosses ":" and "/"`,
              fix: substitute?.nameInFull ?? nameOneScope(issuer),
            };
      }),
  },
];

/** Makes a lint rule from a rule of one CI system. */
function systemRule(rule: SubjectRule): Rule {
  const { id, about } = rule;
  return {
    id,
    severity: 'error',
    about,
    check: (policy) =>
      eachValue(policy, 'sub', (value, condition, statement) => {
        const { issuer } = condition;
        if (issuer === undefined || !hasRule(issuer, rule)) return undefined;
        if (rule.check !== undefined) {
          const ignoresCase = condition.operator?.base === 'StringEqualsIgnoreCase';
          return rule.check(value, { ignoresCase, audiences: audiencesOf(statement) });
        }
        const flaw = subjectFlaw(issuer, value);
        return flaw?.id === id ? { message: flaw.message, fix: flaw.fix } : undefined;
      }),
  };
}

function hasRule({ provider }: Issuer, rule: SubjectRule): boolean {
  return ciSystem(provider.id).subjectRules?.includes(rule) === true;
}

/** Returns the audiences that a statement expects. */
function audiencesOf({ conditions }: LintedStatement): string[] {
  return conditions.filter(({ claim }) => claim === 'aud').flatMap(({ condition }) => condition.values);
}

function nameOneScope({ provider }: Issuer): string {
  return `Name one scope in full before the first wildcard: ${provider.subjectForms.join(' or ')}.`;
}

/** Whether strangers can match the condition, and no other condition of the statement keeps them out. */
function admitsStrangers(
  value: string,
  condition: LintedCondition,
  { conditions }: LintedStatement,
): condition is LintedCondition & { readonly issuer: Issuer; readonly claim: string } {
  const { issuer, claim } = condition;
  return (
    issuer !== undefined &&
    claim !== undefined &&
    isStringComparison(condition) &&
    hasWildcards(condition) &&
    !WILDCARDS_ONLY.test(value) &&
    leavesOwnerOpen(issuer, claim, value) &&
    !conditions.some((other) => other !== condition && limitsOwner(other))
  );
}

/** Whether a condition on another claim admits only jobs of one owner. */
function limitsOwner(condition: LintedCondition): boolean {
  const { key, issuer, claim } = condition;
  return (
    key.kind === 'claim' &&
    issuer !== undefined &&
    claim !== undefined &&
    requiresValue(condition) &&
    condition.condition.values.every((value) => pinsOwner(issuer, claim, value))
  );
}
