import { parseRoleArn } from '@aws-oidc-assume/trust-policy';
import type { JsonObject } from '../json.ts';
import { invalidToken } from './invalid-token.ts';

export const ROLES_CLAIM = 'https://aws.amazon.com/roles';

/**
 * Role ARNs of the roles claim: a list, or a string separated by semicolons. Entries that are not role ARNs are ignored, as
 * is white space around an ARN. A null claim counts as absent.
 * Source: recorded answers of AWS STS of 2026-09-11 (radkawar/stackd, aws-roles.json).
 * @returns undefined without the claim
 * @throws StsError InvalidIdentityToken for a claim of another type or without any role ARN
 */
export function authorizedRoles(claims: JsonObject): readonly string[] | undefined {
  const claim = claims[ROLES_CLAIM];
  if (claim === undefined || claim === null) return undefined;
  const roles = entriesOf(claim)
    .filter((entry) => typeof entry === 'string')
    .map((entry) => entry.trim())
    .filter(isRoleArn);
  if (roles.length === 0) throw invalidToken('The roles claim contains no valid role ARNs');
  return roles;
}

function entriesOf(claim: unknown): readonly unknown[] {
  if (typeof claim === 'string') return claim.split(';');
  if (Array.isArray(claim)) return claim;
  throw invalidToken('The roles claim is not in a supported format');
}

/** A path with `:`, `*` or `?` shows a list with another separator, or a pattern. */
function isRoleArn(text: string): boolean {
  const role = parseRoleArn(text);
  return role !== undefined && !/[:*?]/.test(role.path);
}
