import type { SubjectSubstitute } from './ci-system.ts';
import { allCiSystems, ciSystem } from './index.ts';
import { guardedClaim, recogniseIssuer } from './issuer.ts';
import { sharedIssuer } from './shared-issuers.ts';
import type { ValueBeginning } from './value-beginning.ts';

/** One value that a condition requires of a claim. */
export interface RequiredValue {
  /** Issuer without its scheme. */
  readonly issuer: string;
  /** Claim in lower case. */
  readonly claim: string;
  /** The value as the policy writes it. */
  readonly value: string;
  readonly beginning: ValueBeginning;
}

/**
 * Part of the issuer's jobs that a value names. `owner` is one customer of a shared issuer. `scope` is one repository,
 * project, pipeline or connection.
 */
export type Limit = 'owner' | 'scope';

/** Whether only jobs of one owner, or of one scope, can have a value. */
export function namesOne(limit: Limit, required: RequiredValue): boolean {
  return limit === 'owner' ? namesOwner(required) : namesScope(required);
}

function namesOwner({ issuer: path, claim, beginning }: RequiredValue): boolean {
  const { text, isWhole } = beginning;
  const issuer = recogniseIssuer(path);
  if (issuer === undefined) return namesUnknownOwner(path, claim, beginning);
  const { ownerSubject, scopeClaims } = ciSystem(issuer.provider.id);
  if (claim === 'sub') return ownerSubject?.test(isWhole ? `${text}:` : text) === true;
  if (scopeClaims?.path?.includes(claim)) return /^[^/]+\//.test(text);
  return isWhole && text !== '' && (namesById('owner', path, claim) || namesById('scope', path, claim));
}

/** Whether a claim names one owner, or one scope, by an id. */
export function namesById(limit: Limit, path: string, claim: string): boolean {
  const issuer = recogniseIssuer(path);
  return issuer !== undefined && ciSystem(issuer.provider.id).scopeClaims?.[limit]?.includes(claim) === true;
}

function namesUnknownOwner(path: string, claim: string, beginning: ValueBeginning): boolean {
  const shared = sharedIssuer(path);
  if (shared === undefined) return false;
  const form = claim === shared.claim ? shared.owner : claim === 'sub' ? shared.subject : undefined;
  if (claim !== shared.claim && form === undefined) return false;
  if (beginning.isWhole) return claim === shared.claim || form?.test(`${beginning.text}:`) === true;
  return (form ?? NAMED_IN_FULL).test(beginning.text);
}

function namesScope({ issuer: path, claim, value, beginning }: RequiredValue): boolean {
  const { text, isWhole } = beginning;
  const issuer = recogniseIssuer(path);
  if (claim === 'sub') {
    if (issuer === undefined) return isWhole || guardedClaim(path) !== undefined || !leavesTenantOpen(beginning);
    const system = ciSystem(issuer.provider.id);
    if (isWhole) return system.ownerSubject?.test(`${text}:`) !== false;
    return system.namesScope(value, text, issuer);
  }
  if (issuer === undefined || !isWhole || text === '') return false;
  const { scope, path: paths } = ciSystem(issuer.provider.id).scopeClaims ?? {};
  return scope?.includes(claim) === true || (paths?.includes(claim) === true && /^[^/]+\/[^/]+$/.test(text));
}

/** Matches a keyword and a name that ends before the first wildcard. Used if the form of the values is not known. */
const NAMED_IN_FULL = /^[^:/]+[:/]+[^:/]+[:/]/;

/** Beginnings of subjects of self-hosted systems, up to the name of the owner or namespace. */
const SELF_HOSTED: readonly RegExp[] = [
  /^repo:[^/:@]+[/@]/,
  /^project_path:[^/:]+\//,
  /^organization:[^:]+:/,
  /^system:serviceaccount:[^:]+:/,
];
const SELF_HOSTED_KEYWORDS = /^(?:repo|project_path|organization|system:serviceaccount):/;

/** Whether a pattern for the subject of an unknown issuer begins without any name. */
function leavesTenantOpen({ text }: ValueBeginning): boolean {
  if (SELF_HOSTED_KEYWORDS.test(text)) return !SELF_HOSTED.some((form) => form.test(text));
  return /^(?:[A-Za-z_-]+[:/|]+)?$/.test(text);
}

/** Returns how a claim stands in for the subject, if IAM accepts it in its place. */
export function subjectSubstitute(claim: string | undefined): SubjectSubstitute | undefined {
  return allCiSystems().find((system) => system.subjectSubstitute?.claim === claim && claim !== undefined)
    ?.subjectSubstitute;
}
