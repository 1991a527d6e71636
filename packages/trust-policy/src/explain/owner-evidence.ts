import { ciSystem } from '../ci-systems/index.ts';
import { recogniseIssuer } from '../ci-systems/issuer.ts';
import { admitsText } from '../ci-systems/subject-levels.ts';
import { hasWildcards, isStringComparison, type LintedCondition, type LintedPolicy } from '../lint/rule.ts';
import { textList } from '../policy/claims.ts';
import type { Claims } from '../policy/model.ts';
import { findPlaceholder } from '../text/placeholder.ts';
import type { TokenIdentity } from '../token/statement-for.ts';

/**
 * Whether a policy names owners, but not the token's. Applies only to issuers that all customers share, because any
 * other issuer belongs to one customer. A policy that names no owner gives no evidence.
 */
export function belongsToAnotherOwner(policy: LintedPolicy, claims: Claims, identity: TokenIdentity): boolean {
  const issuer = recogniseIssuer(identity.issuer);
  if (issuer === undefined || !issuer.provider.sharedIssuer) return false;
  const evidence = policy.statements
    .filter(({ statement }) => statement.effect === 'Allow')
    .flatMap(({ conditions }) => conditions)
    .filter((condition) => isStringComparison(condition) && !condition.operator.negated)
    .filter((condition) => condition.issuer?.provider.id === issuer.provider.id)
    .flatMap((condition) => evidenceOf(condition, claims, identity));
  return evidence.includes('other') && !evidence.includes('same');
}

type Evidence = 'same' | 'other' | 'none';

function evidenceOf(condition: LintedCondition, claims: Claims, { sub }: TokenIdentity): Evidence[] {
  const { claim, issuer } = condition;
  if (issuer === undefined || claim === undefined) return [];
  const { levels, ownerNames = [], scopeClaims } = ciSystem(issuer.provider.id);
  const own = levels?.parse(sub)?.owner;
  // The future value of a placeholder or a policy variable is unknown.
  const values = condition.condition.values.filter(
    (value) => findPlaceholder(value) === undefined && !value.includes('${'),
  );
  if (scopeClaims?.owner?.includes(claim) || scopeClaims?.scope?.includes(claim)) {
    return values.some((value) => textList(claims[claim]).includes(value)) ? ['same'] : [];
  }
  const tokenOwners = ownerNames.flatMap((name) => textList(claims[name]).map(beforeSlash));
  const owners = own === undefined ? tokenOwners : [own];
  const isSame = levels?.isSameOwner;
  const judge = (pattern: string | undefined): Evidence => {
    if (pattern === undefined || owners.length === 0) return 'none';
    const admitted = owners.some(
      (owner) => admitsText(pattern, owner, hasWildcards(condition)) || isSame?.(pattern, owner) === true,
    );
    if (!admitted) return 'other';
    return hasWildcards(condition) && /[*?]/.test(pattern) ? 'none' : 'same';
  };
  if (claim === 'sub') return values.map((value) => judge(levels?.parse(value)?.owner));
  return ownerNames.includes(claim) ? values.map((value) => judge(beforeSlash(value))) : [];
}

function beforeSlash(text: string): string {
  return text.split('/', 1)[0] ?? text;
}
