import { recogniseIssuer } from '../ci-systems/issuer.ts';
import { issuerFlaw } from '../ci-systems/issuer-flaws.ts';
import type { FederatedPrincipal, LintedStatement } from '../lint/rule.ts';
import { issuerPath as withoutScheme } from '../policy/arn.ts';
import { caseMismatch, type Diagnosis, sentence } from './diagnosis.ts';

/** Whether a statement has nothing to do with the CI system of the token: then it is not the one to mend. */
export function isAboutOthers({ statement, federated }: LintedStatement, issuer: string): boolean {
  const system = recogniseIssuer(issuer)?.provider.id;
  const isOfOthers = (named: FederatedPrincipal) => named.issuer !== undefined && named.issuer.provider.id !== system;
  return statement.principal.negated || federated.every(isOfOthers);
}

/** Why a statement's principal is not the provider of the token's issuer. What it says of others stays. */
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
  const fix = isAboutOthers(linted, issuer) ? adding : sentence(replacing(named, linted, providerArn ?? wanted));
  const saying = `${statement.path} trusts ${named.value}, but AWS looks for ${wanted}`;
  if (named.issuerPath === undefined) {
    return { cause: 'principal-not-provider', summary: `${saying}. The principal must be a provider's ARN.`, fix };
  }
  if (named.issuerPath === path) {
    return {
      cause: 'principal-other-account',
      summary: `${saying}. The provider must lie in the account and partition of the role.`,
      fix,
    };
  }
  const flaw = issuerFlaw(named.issuerPath);
  if (flaw !== undefined) return { cause: 'issuer-form', summary: `${saying}: ${sentence(flaw.message)}`, fix };
  if (named.issuerPath.toLowerCase() === path.toLowerCase()) {
    return caseMismatch(saying, fix);
  }
  return { cause: 'principal-other-issuer', summary: `${saying}, because the token's issuer is "${issuer}".`, fix };
}

function replacing(mistaken: FederatedPrincipal, { statement, federated }: LintedStatement, wanted: string): string {
  if (!wanted.startsWith('arn:'))
    return `name ${wanted} in place of ${mistaken.value} as the Federated principal of ${statement.path}`;
  const values = federated.map(({ value }) => (value === mistaken.value ? wanted : value));
  return `write "Federated": ${JSON.stringify(values.length === 1 ? values[0] : values)} in the Principal of ${statement.path}`;
}
