import { recogniseIssuer } from '../ci-systems/issuer.ts';
import { issuerFlaw } from '../ci-systems/issuer-flaws.ts';
import { oneOrMany } from '../fix/edits.ts';
import type { FederatedPrincipal, LintedStatement } from '../lint/rule.ts';
import { issuerPath as withoutScheme } from '../policy/arn.ts';
import { type Change, caseMismatch, type Diagnosis, type Finding, sentence } from './diagnosis.ts';

/** Whether a statement is only about other issuers than the token's. Such a statement needs no fix. */
export function isAboutOthers({ statement, federated }: LintedStatement, issuer: string): boolean {
  const path = withoutScheme(issuer);
  const system = recogniseIssuer(issuer)?.provider.id;
  const isOther = (named: FederatedPrincipal) => {
    if (named.issuerPath === undefined) return false;
    if (named.issuerPath.toLowerCase() === path.toLowerCase()) return false;
    if (issuerFlaw(named.issuerPath) !== undefined) return false;
    return named.issuer === undefined || named.issuer.provider.id !== system;
  };
  return statement.principal.negated || federated.every(isOther);
}

/** Explains why a statement's principal is not the provider of the token's issuer. Fixes keep other principals. */
export function diagnosePrincipal(linted: LintedStatement, issuer: string, providerArn: string | undefined): Diagnosis {
  const { statement, federated } = linted;
  const path = withoutScheme(issuer);
  const wanted = providerArn ?? `the provider of "${path}"`;
  const named = federated.find(({ issuerPath }) => issuerPath === path) ?? federated[0];
  if (named === undefined || statement.principal.negated) {
    return {
      cause: 'principal-not-provider',
      summary: `${statement.path} names no identity provider as its principal. AWS looks for ${wanted}.`,
      remedy: { kind: 'correct', change: undefined },
    };
  }
  const both = `${statement.path} trusts ${named.value}, but AWS looks for ${wanted}`;
  const finding = diagnoseNamed(named, both, issuer);
  if (finding.cause === 'principal-other-issuer' && isOtherCustomers(named, issuer)) {
    return { ...finding, remedy: { kind: 'decide', question: OTHER_CUSTOMER, change: undefined } };
  }
  const change =
    providerArn === undefined || finding.cause === 'principal-other-issuer'
      ? undefined
      : replacing(named, linted, providerArn);
  return { ...finding, remedy: { kind: 'correct', change } };
}

const OTHER_CUSTOMER =
  'The statement trusts another workspace, organization or server of the same CI system. If the role is not meant for this one, nothing needs to change. If it is, e.g. after a renaming';

function diagnoseNamed(named: FederatedPrincipal, both: string, issuer: string): Finding {
  const path = withoutScheme(issuer);
  if (named.issuerPath === undefined) {
    return { cause: 'principal-not-provider', summary: `${both}. The principal must be a provider's ARN.` };
  }
  if (named.issuerPath === path) {
    return {
      cause: 'principal-other-account',
      summary: `${both}. The provider must lie in the account and partition of the role.`,
    };
  }
  const flaw = issuerFlaw(named.issuerPath);
  if (flaw !== undefined) return { cause: 'issuer-form', summary: `${both}: ${sentence(flaw.message)}` };
  if (named.issuerPath.toLowerCase() === path.toLowerCase()) return caseMismatch(both);
  return { cause: 'principal-other-issuer', summary: `${both}, because the token's issuer is "${issuer}".` };
}

/** Whether the provider is one of the token's CI system, in which every customer has an issuer of its own. */
function isOtherCustomers(named: FederatedPrincipal, issuer: string): boolean {
  const system = recogniseIssuer(issuer)?.provider;
  return named.issuer !== undefined && named.issuer.provider.id === system?.id && !system.sharedIssuer;
}

function replacing(mistaken: FederatedPrincipal, { statement, federated }: LintedStatement, wanted: string): Change {
  const values = federated.map(({ value }) => (value === mistaken.value ? wanted : value));
  const value = oneOrMany([...new Set(values)]);
  return () => ({
    text: `write "Federated": ${JSON.stringify(value)} in the Principal of ${statement.path}`,
    patch: [{ op: 'replace', path: mistaken.pointer, value }],
  });
}
