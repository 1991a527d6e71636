import { parseProviderArn } from './arn.ts';
import type { Principal } from './model.ts';
import type { PrincipalElement, PrincipalEntry } from './policy-document.ts';

/** Whether a Principal element covers the requester, with a note if the reason is not obvious. */
export interface PrincipalMatch {
  readonly matched: boolean;
  readonly note?: string;
}

const KNOWN_TYPES: ReadonlySet<string> = new Set(['AWS', 'Federated', 'Service', 'CanonicalUser']);

/**
 * Matches the requester against Principal or NotPrincipal. Principals are compared whole: IAM has no wildcard here
 * except a single `*`. An undocumented case does not match in an Allow and matches in a Deny.
 */
export function matchPrincipal(
  element: PrincipalElement,
  principal: Principal,
  effect: 'Allow' | 'Deny',
): PrincipalMatch {
  if (element.negated) {
    return { matched: effect === 'Deny', note: 'NotPrincipal is not evaluated here and fails closed' };
  }
  if (element.everyone) return matchEveryone(principal, effect, '"*"');
  const matches = element.entries
    .map((entry) => matchEntry(entry, principal, effect))
    .filter((match) => match !== undefined);
  return matches.find((match) => match.matched) ?? matches[0] ?? { matched: false };
}

/** Returns undefined if the entry does not cover the requester and needs no note. */
function matchEntry(entry: PrincipalEntry, principal: Principal, effect: 'Allow' | 'Deny'): PrincipalMatch | undefined {
  if (!KNOWN_TYPES.has(entry.type)) {
    return { matched: effect === 'Deny', note: `IAM has no principal type "${entry.type}"` };
  }
  if (entry.type === 'AWS' && entry.values.includes('*')) return matchEveryone(principal, effect, '{"AWS": "*"}');
  if (entry.type === 'AWS' && principal.kind === 'Federated' && effect === 'Deny') {
    return matchProviderAccount(entry, principal);
  }
  if (entry.type !== principal.kind) return undefined;
  if (entry.values.some((value) => sameIdentifier(value, principal))) return { matched: true };
  if (entry.values.some((value) => /[*?]/.test(value))) {
    return { matched: effect === 'Deny', note: 'IAM takes no wildcard inside a principal' };
  }
  return undefined;
}

function matchEveryone(principal: Principal, effect: 'Allow' | 'Deny', entry: string): PrincipalMatch {
  if (principal.kind === 'AWS' || effect === 'Deny') return { matched: true };
  // Seen on live AWS: Principal {"AWS": "*"} does not authorise AssumeRoleWithWebIdentity.
  return { matched: false, note: `Principal ${entry} does not admit a web identity; name the identity provider` };
}

/** IAM does not document whether an account covers the account's identity providers, so a Deny for it covers them. */
function matchProviderAccount(entry: PrincipalEntry, { identifiers }: Principal): PrincipalMatch | undefined {
  const accounts = identifiers.map((identifier) => parseProviderArn(identifier)?.account);
  return entry.values.some((value) => accounts.includes(accountOfRoot(value) ?? value))
    ? { matched: true, note: "a Deny for the account covers the account's identity providers here" }
    : undefined;
}

/** "123456789012" and the ARN of that account's root are two spellings of one principal (IAM guide, Principal element). */
function sameIdentifier(entry: string, { identifiers }: Principal): boolean {
  return identifiers.some(
    (identifier) => identifier === entry || accountOfRoot(identifier) === entry || identifier === accountOfRoot(entry),
  );
}

function accountOfRoot(arn: string): string | undefined {
  return /^arn:[a-z0-9-]+:iam::(\d{12}):root$/.exec(arn)?.[1];
}
