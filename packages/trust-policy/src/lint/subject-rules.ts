import type { Flaw, SubjectFlaw, SubjectRule } from '../ci-systems/ci-system.ts';
import { allCiSystems, ciSystem } from '../ci-systems/index.ts';
import type { Issuer } from '../ci-systems/issuer.ts';
import { subjectFlaw } from '../ci-systems/subject.ts';
import { replaceValue, rewriteCondition } from '../fix/edits.ts';
import { advice, type Fix, fixBy } from '../fix/fix.ts';
import { equalsInLike } from '../policy/literal.ts';
import {
  eachAllowCondition,
  hasWildcards,
  type LintedCondition,
  type LintedPolicy,
  type LintedStatement,
  type Rule,
} from './rule.ts';

/** Rules of the CI systems on subjects that a policy expects. */
export const SUBJECT_RULES: readonly Rule[] = allCiSystems().flatMap(({ subjectRules = [] }) =>
  subjectRules.map(systemRule),
);

/** Makes a lint rule from a rule of one CI system. */
function systemRule(rule: SubjectRule): Rule {
  const { id, about, severity = 'error' } = rule;
  return {
    id,
    severity,
    about,
    check: (policy) =>
      eachAllowCondition(policy, (linted, statement) => {
        const { issuer, claim, condition } = linted;
        if (claim !== 'sub' || issuer === undefined || !hasRule(issuer, rule) || !comparesText(linted)) return [];
        return condition.values.flatMap((value) => {
          const flaw = flawBy(rule, value, { linted, statement, issuer });
          if (flaw === undefined) return [];
          const fix =
            severity === 'info' && flaw.fix !== undefined
              ? advice(flaw.fix, { widens: false })
              : fixOf(flaw, value, { linted, statement, issuer, policy });
          return [{ path: condition.pointer, message: flaw.message, fix }];
        });
      }),
  };
}

interface Place {
  readonly linted: LintedCondition;
  readonly statement: LintedStatement;
  readonly issuer: Issuer;
}

function flawBy(rule: SubjectRule, value: string, { linted, statement, issuer }: Place): Flaw | undefined {
  const ignoresCase = linted.operator?.base.endsWith('IgnoreCase') === true;
  if (rule.check !== undefined) {
    return rule.check(value, {
      ignoresCase,
      isException: linted.operator?.negated === true,
      hasWildcards: hasWildcards(linted),
      audiences: audiencesOf(statement),
    });
  }
  const flaw = flawOf(issuer, value, ignoresCase);
  return flaw?.id === rule.id ? flaw : undefined;
}

/** Finds the flaw of a subject. Ignores a flaw of capital letters if case does not count. */
function flawOf(issuer: Issuer, value: string, ignoresCase: boolean): SubjectFlaw<string> | undefined {
  const folded = ignoresCase ? subjectFlaw(issuer, value.toLowerCase()) : undefined;
  return ignoresCase && folded === undefined ? undefined : subjectFlaw(issuer, value);
}

/** Returns the fix of a flaw. A subject that no token has is replaced by one that tokens have, so the policy admits more. */
function fixOf({ fix = '', replacement }: Flaw, value: string, place: Place & { readonly policy: LintedPolicy }): Fix {
  const { linted, statement, policy } = place;
  if (replacement === undefined) return advice(fix, { widens: true });
  const more = fix === '' ? {} : { more: fix };
  if (!/[*?]/.test(replacement) || hasWildcards(linted)) {
    return fixBy(replaceValue(policy.document, linted.condition, value, replacement), { widens: true, ...more });
  }
  const edit = rewriteCondition(policy.document, statement.statement, linted.condition, {
    ...linted.condition,
    operator: linted.condition.operator.replace(/Equals(?:IgnoreCase)?/, 'Like'),
    values: linted.condition.values.map((other) => (other === value ? replacement : equalsInLike(other))),
  });
  return edit === undefined
    ? advice(`Write "${replacement}" with StringLike. ${fix}`.trimEnd(), { widens: true })
    : fixBy(edit, { widens: true, ...more });
}

/** Whether a condition compares text, positively or as an exception. */
function comparesText({ operator }: LintedCondition): boolean {
  return operator?.base.startsWith('String') === true;
}

function hasRule({ provider }: Issuer, rule: SubjectRule): boolean {
  return ciSystem(provider.id).subjectRules?.includes(rule) === true;
}

/** Returns the audiences that a statement expects. */
function audiencesOf({ conditions }: LintedStatement): string[] {
  return conditions.filter(({ claim }) => claim === 'aud').flatMap(({ condition }) => condition.values);
}
