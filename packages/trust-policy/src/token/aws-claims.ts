import { parseRoleArn } from '../policy/arn.ts';
import { textList } from '../policy/claims.ts';
import type { Claims } from '../policy/model.ts';

/** Signed claims that AWS itself interprets. */
export const AWS_CLAIMS = {
  /** Role ARNs that the identity provider authorises: a list, or one string with `;` as separator. */
  roles: 'https://aws.amazon.com/roles',
  /** Session tags: `{"principal_tags": {"Key": ["value"]}, "transitive_tag_keys": ["Key"]}`. */
  tags: 'https://aws.amazon.com/tags',
  sourceIdentity: 'https://aws.amazon.com/source_identity',
} as const;

const TAG_PREFIX = `${AWS_CLAIMS.tags}/principal_tags/`;

/**
 * Roles of the roles claim, as the real STS reads it. A `null` claim is absent. Text is split at ";". White space
 * around an entry and entries other than role ARNs are ignored. Other types are not supported.
 */
export function authorizedRoles(claims: Claims): readonly string[] | 'unsupported' | undefined {
  const claim = claims[AWS_CLAIMS.roles];
  if (claim === undefined || claim === null) return undefined;
  if (typeof claim !== 'string' && !Array.isArray(claim)) return 'unsupported';
  const entries: readonly unknown[] = typeof claim === 'string' ? claim.split(';') : claim;
  return entries.flatMap((entry) => (typeof entry === 'string' ? [entry.trim()] : [])).filter(isRoleArn);
}

/** A path with `:`, `*` or `?` comes from a list with another separator, or from a pattern. */
function isRoleArn(entry: string): boolean {
  const role = parseRoleArn(entry);
  return role !== undefined && !/[:*?]/.test(role.path);
}

/** Whether the roles claim lists the role. Undefined if it lists roles and the role is not known. */
export function isAuthorizedByIdp(claims: Claims, roleArn: string | undefined): boolean | undefined {
  const roles = authorizedRoles(claims);
  if (roles === undefined || roles === 'unsupported') return false;
  return roleArn === undefined ? undefined : roles.includes(roleArn);
}

export interface SessionTags {
  readonly values: readonly (readonly [key: string, value: string])[];
  readonly transitive: readonly string[];
}

/** Session tags in either spelling: nested, or one flat claim for each tag. */
export function sessionTags(claims: Claims): SessionTags {
  const nested = members(claims[AWS_CLAIMS.tags]);
  const tags = new Map<string, string>();
  for (const [key, value] of Object.entries(members(nested['principal_tags']))) {
    const [first] = textList(value);
    if (first !== undefined) tags.set(key, first);
  }
  for (const [claim, value] of Object.entries(claims)) {
    const [first] = textList(value);
    if (claim.startsWith(TAG_PREFIX) && first !== undefined) tags.set(claim.slice(TAG_PREFIX.length), first);
  }
  return {
    values: [...tags],
    transitive: [
      ...textList(nested['transitive_tag_keys']),
      ...textList(claims[`${AWS_CLAIMS.tags}/transitive_tag_keys`]),
    ],
  };
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
