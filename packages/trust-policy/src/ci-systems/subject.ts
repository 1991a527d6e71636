import { findPlaceholder } from '../text/placeholder.ts';
import type { NarrowerJob } from './ci-system.ts';
import { ciSystem, jobForms, type Subject } from './index.ts';
import { type Issuer, recogniseIssuer } from './issuer.ts';

/**
 * Parses a `sub` claim.
 *
 * @param system a provider's id, or the token's issuer.
 * @returns undefined if the issuer is unknown or the subject has another form: some systems let users customise it.
 */
export function parseSubject(system: string, sub: string): Subject | undefined {
  return (jobForms(system) ?? jobForms(recogniseIssuer(system)?.provider.id ?? ''))?.parseSubject(sub);
}

/** Finds the mistake to fix first in a subject that a policy expects. */
export function subjectFlaw(issuer: Issuer, expected: string) {
  // The value of a placeholder or policy variable is unknown, and therefore also what is wrong with the rest.
  if (findPlaceholder(expected) !== undefined || expected.includes('${')) return undefined;
  return ciSystem(issuer.provider.id).subjectFlaw?.(expected, issuer);
}

/**
 * Returns the setting that the job may lack if its role trusts less than the statement for its token admits. Widening the
 * trust policy would then be the wrong fix.
 *
 * @returns undefined if the token names everything that its CI system can name
 */
export function narrowerJob({ issuer, sub }: TokenSubject): NarrowerJob | undefined {
  const recognised = recogniseIssuer(issuer);
  return recognised && ciSystem(recognised.provider.id).narrowerJob?.(sub);
}

/** Returns the names in a subject that people change, e.g. `organization or project`. Undefined if it has ids. */
export function renamableParts({ issuer, sub }: TokenSubject): string | undefined {
  const recognised = recogniseIssuer(issuer);
  if (recognised === undefined || parseSubject(issuer, sub) === undefined) return undefined;
  return ciSystem(recognised.provider.id).renamable;
}

interface TokenSubject {
  readonly issuer: string;
  readonly sub: string;
}
