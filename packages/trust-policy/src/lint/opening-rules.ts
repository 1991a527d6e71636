/** Rules on statements that admit more jobs than one scope of one owner. */
import { guardedClaim, recogniseIssuer } from '../ci-systems/issuer.ts';
import { subjectSubstitute } from '../ci-systems/owner.ts';
import { subjectFlaw } from '../ci-systems/subject.ts';
import { advice } from '../fix/fix.ts';
import { alternatives } from '../text/alternatives.ts';
import { findOpenings, type Opening, type OpeningKind } from './openings.ts';
import { admittingStatements, type LintedPolicy, type Rule, type RuleFinding } from './rule.ts';

export const OPENING_RULES: readonly Rule[] = [
  {
    id: 'shared-issuer-guard',
    severity: 'error',
    about: 'All customers of the service share this issuer, and the statement has no condition IAM insists on for it.',
    check: (policy) => findingsOf(policy, 'unguarded', describeUnguarded),
  },
  {
    id: 'subject-missing',
    severity: 'error',
    about: 'The statement has no condition on `sub`: every job of the workspace or organization may assume the role.',
    check: (policy) => subjectMissing(policy),
  },
  {
    id: 'subject-any',
    severity: 'error',
    about: 'The condition on `sub`, or on `job_workflow_ref` in its place, is fulfilled by every job, e.g. `*`.',
    check: (policy) => findingsOf(policy, 'any', describeAny),
  },
  {
    id: 'subject-variable',
    severity: 'error',
    about:
      'A policy variable in the subject comes before the owner or scope is named. AWS fills it from the request, so it names nobody.',
    check: (policy) => findingsOf(policy, 'variable', describeVariable),
  },
  {
    id: 'subject-owner-missing',
    severity: 'error',
    about:
      'All customers of the service share this issuer, and a subject without wildcards names no owner first, e.g. `environment:production`. Anybody can give jobs that subject.',
    check: (policy) => findingsOf(policy, 'no-owner', describeOwnerMissing),
  },
];

export const WIDE_RULES: readonly Rule[] = [
  {
    id: 'subject-owner-open',
    severity: 'error',
    about:
      'All customers of the service share this issuer, and a wildcard in the subject comes before the owner, group or organization is named in full, e.g. `repo:*`.',
    check: (policy) => findingsOf(policy, 'owner-open', describeOwnerOpen),
  },
  {
    id: 'workflow-callers',
    severity: 'warning',
    about:
      '`job_workflow_ref` replaces the subject. It names the workflow that runs and not the repository that calls it, and anybody may call a workflow of a public repository.',
    check: (policy) => findingsOf(policy, 'callers', describeCallers),
  },
  {
    id: 'subject-wide',
    severity: 'warning',
    about: 'A wildcard in the subject comes before the repository, project, pipeline or connection is named in full.',
    check: (policy) => findingsOf(policy, 'wide', describeWide),
  },
];

type Description = Omit<RuleFinding, 'path'>;

function findingsOf(
  policy: LintedPolicy,
  kind: OpeningKind,
  describe: (opening: Opening) => Description | undefined,
): RuleFinding[] {
  return findOpenings(policy)
    .filter((opening) => opening.kind === kind)
    .flatMap((opening) => {
      const description = describe(opening);
      const path = opening.place?.condition.condition.pointer ?? `${opening.statement.statement.pointer}/Condition`;
      return description === undefined ? [] : [{ path, ...description }];
    });
}

function describeUnguarded({ issuer }: Opening): Description {
  const claim = guardedClaim(issuer) ?? 'sub';
  return {
    message: `all customers share the issuer "${issuer}", and the statement has no condition on "${issuer}:${claim}"; IAM refuses to store it`,
    fix: advice(`Add a condition on "${issuer}:${claim}" that names yours.`, { widens: false }),
  };
}

/** Reports each statement once, with the issuers whose subjects it leaves open. */
function subjectMissing(policy: LintedPolicy): RuleFinding[] {
  const openings = findOpenings(policy).filter(({ kind }) => kind === 'no-subject');
  return admittingStatements(policy).flatMap(({ statement }) => {
    const issuers = openings.filter((opening) => opening.statement.statement === statement).map(({ issuer }) => issuer);
    if (issuers.length === 0) return [];
    return [
      {
        path: `${statement.pointer}/Condition`,
        message: `no condition demands a subject: every job whose token comes from ${alternatives(issuers)} may assume the role`,
        fix: advice('Add a condition on the issuer\'s ":sub" that names one repository, connection or pipeline.', {
          widens: false,
        }),
      },
    ];
  });
}

function describeAny({ place }: Opening): Description {
  const substitute = subjectSubstitute(place?.condition.claim);
  return substitute === undefined
    ? {
        message: `"${place?.value}" matches every subject the issuer has`,
        fix: advice('Name one repository, connection or pipeline.', { widens: false }),
      }
    : {
        message: `"${place?.value}" matches ${substitute.everything}`,
        fix: advice(substitute.nameOne, { widens: false }),
      };
}

function describeVariable({ place, issuer }: Opening): Description {
  return {
    message: `AWS fills "\${${place?.variable}}" in "${place?.value}" from the request itself, so the condition does not say whose jobs it admits`,
    fix: advice(`Write the name instead of the variable. ${nameOneScope(issuer)}`, { widens: false }),
  };
}

function describeOwnerMissing({ place, issuer }: Opening): Description | undefined {
  // Another rule reports that the operator takes the wildcard literally.
  if (/[*?]/.test(place?.value ?? '')) return undefined;
  return {
    message: `"${place?.value}" names no owner at its beginning: all customers of ${serviceName(issuer)} share this issuer, and anybody can give jobs this subject`,
    fix: advice(nameTheOwner(issuer), { widens: false }),
  };
}

function describeOwnerOpen({ place, issuer }: Opening): Description {
  return {
    message: `"${place?.value}" also matches jobs of strangers: all customers of ${serviceName(issuer)} share this issuer, and the first wildcard comes before the owner's name ends`,
    fix: advice(subjectSubstitute(place?.condition.claim)?.nameInFull ?? nameOneScope(issuer), { widens: false }),
  };
}

function describeCallers({ place, issuer }: Opening): Description {
  return {
    message: `"${place?.value}" names the workflow that runs, not the repository that runs it; if the workflow's repository is public, anybody may call it`,
    fix: advice(
      `Add a condition on "${issuer}:sub" or "${issuer}:repository_owner_id" that names the owner of the calling repositories.`,
      { widens: false },
    ),
  };
}

function describeWide({ place, issuer }: Opening): Description | undefined {
  const { condition, value = '' } = place ?? {};
  const recognised = recogniseIssuer(issuer);
  // Another rule reports the mistake in the subject itself.
  if (recognised !== undefined && subjectFlaw(recognised, value) !== undefined) return undefined;
  // No subject is that short.
  if (/^[?:/{}]*$/.test(value)) return undefined;
  const substitute = subjectSubstitute(condition?.claim);
  return {
    message: /[*?]/.test(value)
      ? `"${value}" also matches ${substitute?.noun ?? 'subjects'} of neighbours: "*" crosses ":" and "/"`
      : `"${value}" names no owner at its beginning, so every repository of the issuer can have this subject`,
    fix: advice(substitute?.nameInFull ?? nameOneScope(issuer), { widens: false }),
  };
}

function serviceName(issuer: string): string {
  return recogniseIssuer(issuer)?.provider.name ?? `"${issuer}"`;
}

function nameOneScope(issuer: string): string {
  const forms = recogniseIssuer(issuer)?.provider.subjectForms;
  return forms === undefined
    ? 'Name one owner and one scope in full before the first wildcard.'
    : `Name one scope in full before the first wildcard: ${forms.join(' or ')}.`;
}

function nameTheOwner(issuer: string): string {
  const { provider } = recogniseIssuer(issuer) ?? {};
  const claims = provider?.conditionClaims.filter((claim) => /(?:owner|namespace|organization)_id$/.test(claim)) ?? [];
  const more = claims.map((claim) => ` or add a condition on "${issuer}:${claim}"`).join('');
  return `Begin the subject with the owner${more}. Other customers then stay out.`;
}
