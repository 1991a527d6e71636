import { guardedClaim, type Issuer, type ProviderId } from './providers.ts';

/** How the systems whose customers share one issuer write whose a job is. */
interface OwnerForms {
  /** Subjects up to the end of the owner's name. */
  readonly subject: RegExp;
  /** Further claims AWS offers that belong to one owner whatever they are, in lower case. */
  readonly exact: readonly string[];
  /** Those that begin with the owner's name and a slash. */
  readonly path: readonly string[];
}

const FORMS: Readonly<Partial<Record<ProviderId, OwnerForms>>> = {
  github: {
    // The default, and what a customised subject can have in its place (GitHub docs, "Customizing the token claims").
    subject:
      /(?:^|:)(?:(?:repo|repository|job_workflow_ref):[^/:]+\/|(?:repository_owner|repository_owner_id|repository_id|enterprise|enterprise_id):[^:]+:)/,
    exact: ['repository_id', 'repository_owner_id', 'enterprise_id'],
    path: ['repository', 'job_workflow_ref'],
  },
  gitlab: { subject: /^project_path:[^/:]+\//, exact: ['namespace_id', 'project_id'], path: [] },
  buildkite: {
    subject: /^organization:[^:]+:/,
    exact: ['organization_id', 'organization_slug', 'pipeline_id', 'cluster_id'],
    path: [],
  },
  'hcp-terraform': { subject: /^organization:[^:]+:/, exact: [], path: [] },
};

/**
 * Whether a pattern for a claim leaves open whose job it is: all customers of the service share the issuer, and the first
 * wildcard comes before the owner's name ends. `repo:acme*` also matches what belongs to `acme-of-someone-else`.
 */
export function leavesOwnerOpen(issuer: Issuer, claim: string, pattern: string): boolean {
  const forms = FORMS[issuer.provider.id];
  if (forms === undefined || guardedClaim(issuer.path) === undefined) return false;
  const wildcard = pattern.search(/[*?]/);
  if (wildcard === -1) return false;
  const literal = pattern.slice(0, wildcard);
  return !(claim === 'sub' ? forms.subject : /^[^/]+\//).test(literal);
}

/** Whether a claim other than the subject can only have this value, or match this pattern, in jobs of one owner. */
export function pinsOwner(issuer: Issuer, claim: string, pattern: string): boolean {
  const forms = FORMS[issuer.provider.id];
  if (forms === undefined) return false;
  return (
    (forms.exact.includes(claim) && !/[*?]/.test(pattern)) || (forms.path.includes(claim) && /^[^/*?]+\//.test(pattern))
  );
}
