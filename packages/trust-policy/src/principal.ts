import type { Principal } from './model.ts';
import type { PrincipalElement, PrincipalEntry } from './policy-document.ts';

/** Whether a Principal element covers the requester, and what to say where that needs saying. */
export interface PrincipalMatch {
  readonly matched: boolean;
  readonly note?: string;
}

const KNOWN_TYPES: ReadonlySet<string> = new Set(['AWS', 'Federated', 'Service', 'CanonicalUser']);

/**
 * Matches the requester against Principal or NotPrincipal.
 *
 * Principals are compared whole: apart from a lone `*` IAM knows no wildcard here. What is not documented does not match
 * in an Allow and matches in a Deny.
 */
export function matchPrincipal(
  element: PrincipalElement | undefined,
  principal: Principal,
  effect: 'Allow' | 'Deny',
): PrincipalMatch {
  const failClosed = effect === 'Deny';
  if (element === undefined) return { matched: failClosed, note: 'the statement names no principal and fails closed' };
  if (element.negated) return { matched: failClosed, note: 'NotPrincipal is not evaluated here and fails closed' };
  if (element.everyone) return matchEveryone(principal, effect, '"*"');
  const matches = element.entries.map((entry) => matchEntry(entry, principal, effect));
  const matched = matches.find((match) => match.matched);
  return matched ?? matches.find((match) => match.note !== undefined) ?? { matched: false };
}

function matchEntry(entry: PrincipalEntry, principal: Principal, effect: 'Allow' | 'Deny'): PrincipalMatch {
  if (!KNOWN_TYPES.has(entry.type)) {
    return { matched: effect === 'Deny', note: `IAM has no principal type "${entry.type}"` };
  }
  if (entry.type === 'AWS' && entry.values.includes('*')) return matchEveryone(principal, effect, '{"AWS": "*"}');
  if (entry.type !== principal.kind) return { matched: false };
  if (entry.values.some((value) => sameIdentifier(value, principal))) return { matched: true };
  if (entry.values.some((value) => /[*?]/.test(value))) {
    return { matched: effect === 'Deny', note: 'IAM takes no wildcard inside a principal' };
  }
  return { matched: false };
}

function matchEveryone(principal: Principal, effect: 'Allow' | 'Deny', written: string): PrincipalMatch {
  if (principal.kind === 'AWS' || effect === 'Deny') return { matched: true };
  // Seen on live AWS: Principal {"AWS": "*"} does not authorise AssumeRoleWithWebIdentity.
  return { matched: false, note: `Principal ${written} does not admit a web identity; name the identity provider` };
}

function sameIdentifier(written: string, principal: Principal): boolean {
  if (principal.identifiers.includes(written)) return true;
  if (principal.kind !== 'AWS') return false;
  // "123456789012" and the ARN of that account's root are two spellings of one principal (IAM guide, Principal element).
  if (/^\d{12}$/.test(written)) return principal.identifiers.some((known) => accountOfRoot(known) === written);
  const account = accountOfRoot(written);
  return account !== undefined && principal.identifiers.includes(account);
}

function accountOfRoot(arn: string): string | undefined {
  return /^arn:[a-z0-9-]+:iam::(\d{12}):root$/.exec(arn)?.[1];
}
