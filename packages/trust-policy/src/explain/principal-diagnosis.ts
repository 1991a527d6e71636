import { recogniseIssuer } from '../ci-systems/issuer.ts';
import { issuerFlaw } from '../ci-systems/issuer-flaws.ts';
import { oneOrMany } from '../fix/edits.ts';
import type { FederatedPrincipal, LintedStatement } from '../lint/rule.ts';
import { issuerPath as withoutScheme } from '../policy/arn.ts';
import { type Change, caseMismatch, type Diagnosis, type Finding, sentence } from './diagnosis.ts';

/** Whether a statement is only about issuers other than the token's. Such a statement needs no fix. */
export function isAboutOthers({ statement, federated }: LintedStatement, issuer: string): boolean {
  const path = withoutScheme(issuer);
  const system = recogniseIssuer(issuer)?.provider.id;
  const isOther = (principal: FederatedPrincipal) => {
    if (principal.issuerPath === undefined) return false;
    if (principal.issuerPath.toLowerCase() === path.toLowerCase()) return false;
    if (issuerFlaw(principal.issuerPath) !== undefined) return false;
    return principal.issuer === undefined || principal.issuer.provider.id !== system;
  };
  return statement.principal.negated || federated.every(isOther);
}

/** Explains why a statement's principal is not the provider of the token's issuer. Fixes keep other principals. */
export function diagnosePrincipal(linted: LintedStatement, issuer: string, providerArn: string | undefined): Diagnosis {
  const { statement, federated } = linted;
  const path = withoutScheme(issuer);
  const expectedProvider = providerArn ?? `the provider of "${path}"`;
  const principal = federated.find(({ issuerPath }) => issuerPath === path) ?? federated[0];
  if (principal === undefined || statement.principal.negated) {
    return {
      cause: 'principal-not-provider',
      summary: `${statement.path} names no identity provider as its principal. AWS looks for ${expectedProvider}.`,
      remedy: { kind: 'correct', change: undefined },
    };
  }
  const both = `${statement.path} trusts ${principal.value}, but AWS looks for ${expectedProvider}`;
  const finding = diagnoseNamed(principal, both, issuer);
  if (finding.cause === 'principal-other-issuer' && isOtherCustomers(principal, issuer)) {
    return { ...finding, remedy: { kind: 'decide', question: OTHER_CUSTOMER, change: undefined } };
  }
  const change =
    providerArn === undefined || finding.cause === 'principal-other-issuer'
      ? undefined
      : replacing(principal, linted, providerArn);
  return { ...finding, remedy: { kind: 'correct', change } };
}

const OTHER_CUSTOMER =
  'The statement trusts another workspace, organization or server of the same CI system. If the role is not meant for this one, nothing needs to change. If it is, e.g. after a renaming';

function diagnoseNamed(principal: FederatedPrincipal, both: string, issuer: string): Finding {
  const path = withoutScheme(issuer);
  if (principal.issuerPath === undefined) {
    return { cause: 'principal-not-provider', summary: `${both}. The principal must be a provider's ARN.` };
  }
  if (principal.issuerPath === path) {
    return {
      cause: 'principal-other-account',
      summary: `${both}. The provider must be in the account and partition of the role.`,
    };
  }
  const flaw = issuerFlaw(principal.issuerPath);
  if (flaw !== undefined) return { cause: 'issuer-form', summary: `${both}: ${sentence(flaw.message)}` };
  if (principal.issuerPath.toLowerCase() === path.toLowerCase()) return caseMismatch(both);
  return { cause: 'principal-other-issuer', summary: `${both}, because the token's issuer is "${issuer}".` };
}

/** Whether the provider is one of the token's CI system, where every customer has a separate issuer. */
function isOtherCustomers(principal: FederatedPrincipal, issuer: string): boolean {
  const system = recogniseIssuer(issuer)?.provider;
  return principal.issuer !== undefined && principal.issuer.provider.id === system?.id && !system.sharedIssuer;
}

function replacing(
  mistaken: FederatedPrincipal,
  { statement, federated }: LintedStatement,
  expectedProvider: string,
): Change {
  const values = federated.map(({ value }) => (value === mistaken.value ? expectedProvider : value));
  const value = oneOrMany([...new Set(values)]);
  return () => ({
    text: `write "Federated": ${JSON.stringify(value)} in the Principal of ${statement.path}`,
    patch: [{ op: 'replace', path: mistaken.pointer, value }],
  });
}
