import { recogniseIssuer } from '../ci-systems/issuer.ts';
import { issuerFlaw } from '../ci-systems/issuer-flaws.ts';
import type { FederatedPrincipal, LintedStatement } from '../lint/rule.ts';
import { issuerPath as withoutScheme } from '../policy/arn.ts';
import { caseMismatch, type Diagnosis, sentence } from './diagnosis.ts';

/** Whether a statement is only about other CI systems than the token's. Such a statement needs no fix. */
export function isAboutOtherSystems({ statement, federated }: LintedStatement, issuer: string): boolean {
  const system = recogniseIssuer(issuer)?.provider.id;
  const isOtherSystem = (named: FederatedPrincipal) =>
    named.issuer !== undefined && named.issuer.provider.id !== system;
  return statement.principal.negated || federated.every(isOtherSystem);
}

/** Explains why a statement's principal is not the provider of the token's issuer. Fixes keep other principals. */
export function diagnosePrincipal(linted: LintedStatement, issuer: string, providerArn: string | undefined): Diagnosis {
  const { statement, federated } = linted;
  const path = withoutScheme(issuer);
  const wanted = providerArn ?? `the provider of "${path}"`;
  const adding = `Add a statement whose Federated principal is ${wanted}; ${statement.path} is about others.`;
  const named = federated.find(({ issuerPath }) => issuerPath === path) ?? federated[0];
  if (named === undefined || statement.principal.negated) {
    return {
      cause: 'principal-not-provider',
      summary: `${statement.path} names no identity provider as its principal. AWS looks for ${wanted}.`,
      fix: adding,
    };
  }
  const fix = isAboutOtherSystems(linted, issuer) ? adding : sentence(replacing(named, linted, providerArn ?? wanted));
  const both = `${statement.path} trusts ${named.value}, but AWS looks for ${wanted}`;
  if (named.issuerPath === undefined) {
    return { cause: 'principal-not-provider', summary: `${both}. The principal must be a provider's ARN.`, fix };
  }
  if (named.issuerPath === path) {
    return {
      cause: 'principal-other-account',
      summary: `${both}. The provider must lie in the account and partition of the role.`,
      fix,
    };
  }
  const flaw = issuerFlaw(named.issuerPath);
  if (flaw !== undefined) return { cause: 'issuer-form', summary: `${both}: ${sentence(flaw.message)}`, fix };
  if (named.issuerPath.toLowerCase() === path.toLowerCase()) {
    return caseMismatch(both, fix);
  }
  return { cause: 'principal-other-issuer', summary: `${both}, because the token's issuer is "${issuer}".`, fix };
}

function replacing(mistaken: FederatedPrincipal, { statement, federated }: LintedStatement, wanted: string): string {
  if (!wanted.startsWith('arn:'))
    return `name ${wanted} in place of ${mistaken.value} as the Federated principal of ${statement.path}`;
  const values = federated.map(({ value }) => (value === mistaken.value ? wanted : value));
  return `write "Federated": ${JSON.stringify(values.length === 1 ? values[0] : values)} in the Principal of ${statement.path}`;
}
