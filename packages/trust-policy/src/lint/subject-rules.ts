import { leavesOwnerOpen, pinsOwner } from '../ci-systems/owner.ts';
import type { Issuer } from '../ci-systems/providers.ts';
import { namesItsScope, type SubjectFlaw, subjectFlaw } from '../ci-systems/subject-flaws.ts';
import { capture } from '../text/capture.ts';
import { findPlaceholder } from '../text/placeholder.ts';
import { UUID } from '../text/uuid.ts';
import {
  asksForText,
  demandsValue,
  eachSubject,
  eachValue,
  type LintedCondition,
  type LintedStatement,
  type Rule,
  takesWildcards,
  WILDCARDS_ONLY,
} from './rule.ts';

/** Rules on what the subject says, by CI system. */
export const SUBJECT_RULES: readonly Rule[] = [
  flawRule(
    'bitbucket-braces-missing',
    'A UUID in a Bitbucket subject has no braces; in the token they are part of it.',
  ),
  flawRule('bitbucket-braces-surplus', 'The braces of a UUID in a Bitbucket subject are doubled.'),
  {
    id: 'bitbucket-uuid-case',
    severity: 'error',
    about: 'A UUID in a Bitbucket subject has capital letters; the token has small ones, and case counts.',
    check: (policy) =>
      eachValue(policy, 'sub', (value, condition) => {
        if (condition.issuer?.provider.id !== 'bitbucket' || condition.operator?.base === 'StringEqualsIgnoreCase') {
          return undefined;
        }
        const small = value.replaceAll(new RegExp(UUID, 'g'), (uuid) => uuid.toLowerCase());
        return small === value
          ? undefined
          : {
              message: `"${value}" has a UUID with capital letters; the token's subject has small ones, and case counts`,
              fix: `Write "${small}".`,
            };
      }),
  },
  flawRule('bitbucket-slug', 'A Bitbucket subject names the repository by its slug; the token has its UUID.'),
  flawRule(
    'bitbucket-environment-name',
    'A Bitbucket subject names the deployment environment; the token has its UUID.',
  ),
  flawRule('bitbucket-pinned-step', 'A Bitbucket subject ends in a UUID: that of a step, which is new in every run.'),
  flawRule('bitbucket-step-missing', 'A Bitbucket subject ends after the repository; in the token the step follows.'),
  {
    id: 'bitbucket-workspace-subject',
    severity: 'error',
    about: "A Bitbucket subject begins with the workspace's UUID; the token's begins with the repository's.",
    check: (policy) =>
      eachValue(policy, 'sub', (value, { issuer }, statement) => {
        const parts = issuer?.provider.id === 'bitbucket' ? capture(BEGINS_WITH_UUID, value) : undefined;
        if (parts === undefined || !workspacesOf(statement).includes(parts(1).toLowerCase())) return undefined;
        const rest = parts(2);
        return {
          message: `"${value}" begins with the workspace's UUID, as the audience has it; the token's subject begins with the repository's`,
          fix: rest.startsWith('{') ? `Write "${rest}".` : 'Write the UUID of the repository in its place.',
        };
      }),
  },
  flawRule('azure-three-slashes', 'An Azure DevOps subject has three slashes after `sc:` or `p:`; the token has two.'),
  flawRule('azure-subject-form', 'An Azure DevOps subject has none of the forms its issuer uses.'),
  flawRule(
    'github-ref-form',
    'A GitHub subject names a ref without the `ref:refs/heads/` or `ref:refs/tags/` before it.',
  ),
  {
    id: 'subject-owner-open',
    severity: 'error',
    about:
      'All customers of the service share this issuer, and a wildcard in the subject comes before the owner, group or organization is named in full, e.g. `repo:*`.',
    check: (policy) =>
      eachSubject(policy, (value, condition, statement) =>
        leavesOwner(value, condition, statement)
          ? {
              message: `"${value}" also matches jobs of strangers: all customers of ${condition.issuer.provider.name} share this issuer, and the first wildcard comes before the owner's name ends`,
              fix: condition.claim === 'sub' ? nameOneScope(condition.issuer) : NAME_ONE_WORKFLOW,
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
        if (issuer === undefined || !takesWildcards(condition) || WILDCARDS_ONLY.test(value)) return undefined;
        if (findPlaceholder(value) !== undefined || leavesOwner(value, condition, statement)) return undefined;
        const named =
          claim === 'sub'
            ? subjectFlaw(issuer, value) !== undefined || namesItsScope(issuer, value)
            : /^[^/*?]+\/[^/*?]+\//.test(value);
        return named
          ? undefined
          : {
              message: `"${value}" also matches ${claim === 'sub' ? 'subjects' : 'workflows'} of neighbours: "*" crosses ":" and "/"`,
              fix: claim === 'sub' ? nameOneScope(issuer) : NAME_ONE_WORKFLOW,
            };
      }),
  },
];

const BEGINS_WITH_UUID = new RegExp(`^\\{(${UUID})\\}:?(.*)$`, 's');

/** UUIDs in the audiences that a statement demands. */
function workspacesOf({ conditions }: LintedStatement): string[] {
  return conditions
    .filter(({ claim }) => claim === 'aud')
    .flatMap(({ condition }) => condition.values)
    .flatMap((value) => new RegExp(UUID).exec(value.toLowerCase())?.[0] ?? []);
}

const NAME_ONE_WORKFLOW =
  'Name the repository of the workflow in full before the first wildcard: <owner>/<repository>/<path>@<ref>.';

function nameOneScope({ provider }: Issuer): string {
  return `Name one scope in full before the first wildcard: ${provider.subjectForms.join(' or ')}.`;
}

/** Whether strangers can fulfil the condition, and no other one of the statement keeps them out. */
function leavesOwner(
  value: string,
  condition: LintedCondition,
  { conditions }: LintedStatement,
): condition is LintedCondition & { readonly issuer: Issuer; readonly claim: string } {
  const { issuer, claim } = condition;
  return (
    issuer !== undefined &&
    claim !== undefined &&
    asksForText(condition) &&
    takesWildcards(condition) &&
    !WILDCARDS_ONLY.test(value) &&
    leavesOwnerOpen(issuer, claim, value) &&
    !conditions.some((other) => other !== condition && limitsOwner(other))
  );
}

/** Whether a condition on another claim lets only jobs of one owner pass. */
function limitsOwner(condition: LintedCondition): boolean {
  const { key, issuer, claim } = condition;
  return (
    key.kind === 'claim' &&
    issuer !== undefined &&
    claim !== undefined &&
    demandsValue(condition) &&
    condition.condition.values.every((value) => pinsOwner(issuer, claim, value))
  );
}

function flawRule(id: SubjectFlaw['id'], about: string): Rule {
  return {
    id,
    severity: 'error',
    about,
    check: (policy) =>
      eachValue(policy, 'sub', (value, { issuer }) => {
        const flaw = issuer && subjectFlaw(issuer, value);
        return flaw?.id === id ? { message: flaw.message, fix: flaw.fix } : undefined;
      }),
  };
}
