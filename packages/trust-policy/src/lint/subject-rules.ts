import { findPlaceholder } from '../placeholder.ts';
import { namesItsScope, type SubjectFlaw, subjectFlaw } from '../subject-flaws.ts';
import { type Found, type LintedCondition, type LintedPolicy, type Rule, takesWildcards } from './rule.ts';

/** Rules on what the subject says, by CI system. */
export const SUBJECT_RULES: readonly Rule[] = [
  flawRule(
    'bitbucket-braces-missing',
    'A UUID in a Bitbucket subject has no braces; in the token they are part of it.',
  ),
  flawRule('bitbucket-braces-surplus', 'The braces of a UUID in a Bitbucket subject are doubled.'),
  flawRule('bitbucket-slug', 'A Bitbucket subject names the repository by its slug; the token has its UUID.'),
  flawRule(
    'bitbucket-environment-name',
    'A Bitbucket subject names the deployment environment; the token has its UUID.',
  ),
  flawRule('bitbucket-pinned-step', 'A Bitbucket subject ends in a UUID: that of a step, which is new in every run.'),
  flawRule('bitbucket-step-missing', 'A Bitbucket subject ends after the repository; in the token the step follows.'),
  flawRule('azure-three-slashes', 'An Azure DevOps subject has three slashes after `sc:` or `p:`; the token has two.'),
  flawRule('azure-subject-form', 'An Azure DevOps subject has none of the forms its issuer uses.'),
  {
    id: 'subject-wide',
    severity: 'warning',
    about: 'A wildcard in the subject comes before the repository, project, pipeline or connection is named in full.',
    check: (policy) =>
      eachSubject(policy, (value, condition) =>
        condition.issuer === undefined ||
        !takesWildcards(condition) ||
        /^[*?:/{}]*$/.test(value) ||
        findPlaceholder(value) !== undefined ||
        subjectFlaw(condition.issuer, value) !== undefined ||
        namesItsScope(condition.issuer, value)
          ? undefined
          : {
              message: `"${value}" also matches subjects of neighbours: "*" crosses ":" and "/"`,
              fix: `Name one scope in full before the first wildcard: ${condition.issuer.provider.subjectForms.join(' or ')}.`,
            },
      ),
  },
];

function flawRule(id: SubjectFlaw['id'], about: string): Rule {
  return {
    id,
    severity: 'error',
    about,
    check: (policy) =>
      eachSubject(policy, (value, { issuer }) => {
        const flaw = issuer && subjectFlaw(issuer, value);
        return flaw?.id === id ? { message: flaw.message, fix: flaw.fix } : undefined;
      }),
  };
}

function eachSubject(
  policy: LintedPolicy,
  check: (value: string, condition: LintedCondition) => Omit<Found, 'path'> | undefined,
): Found[] {
  return policy.statements
    .filter(({ admitsWebIdentity }) => admitsWebIdentity)
    .flatMap(({ conditions }) => conditions)
    .filter(({ claim }) => claim === 'sub')
    .flatMap((condition) =>
      condition.condition.values.flatMap((value) => {
        const found = check(value, condition);
        return found === undefined ? [] : [{ path: condition.condition.pointer, ...found }];
      }),
    );
}
