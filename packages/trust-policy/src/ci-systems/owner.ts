import type { SubjectSubstitute } from './ci-system.ts';
import { allCiSystems, ciSystem } from './index.ts';
import { guardedClaim, type Issuer } from './issuer.ts';

/**
 * Whether a pattern for a claim does not limit the owner of the job: all customers of the service share the issuer, and the
 * first wildcard comes before the owner's name ends. `repo:acme*` also matches repositories of `acme-of-someone-else`.
 */
export function leavesOwnerOpen(issuer: Issuer, claim: string, pattern: string): boolean {
  const forms = ciSystem(issuer.provider.id).ownerForms;
  if (forms === undefined || guardedClaim(issuer.path) === undefined) return false;
  const wildcard = pattern.search(/[*?]/);
  if (wildcard === -1) return false;
  const literal = pattern.slice(0, wildcard);
  return !(claim === 'sub' ? forms.subject : /^[^/]+\//).test(literal);
}

/** Whether a claim other than the subject can have this value, or match this pattern, only in jobs of one owner. */
export function pinsOwner(issuer: Issuer, claim: string, pattern: string): boolean {
  const forms = ciSystem(issuer.provider.id).ownerForms;
  if (forms === undefined) return false;
  return (
    (forms.exact.includes(claim) && !/[*?]/.test(pattern)) || (forms.path.includes(claim) && /^[^/*?]+\//.test(pattern))
  );
}

/** Returns how a claim stands in for the subject, if IAM accepts it in its place. */
export function subjectSubstitute(claim: string | undefined): SubjectSubstitute | undefined {
  return allCiSystems().find((system) => system.subjectSubstitute?.claim === claim && claim !== undefined)
    ?.subjectSubstitute;
}
