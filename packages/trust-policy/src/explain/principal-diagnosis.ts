import { issuerPath as withoutScheme } from '../arn.ts';
import { issuerFlaw } from '../issuer-flaws.ts';
import type { LintedStatement } from '../lint/rule.ts';
import { caseMismatch, type Diagnosis, sentence } from './diagnosis.ts';

/** Why a statement's principal is not the provider of the token's issuer. */
export function diagnosePrincipal(
  { statement, federated }: LintedStatement,
  issuer: string,
  providerArn: string | undefined,
): Diagnosis {
  const path = withoutScheme(issuer);
  const wanted = providerArn ?? `the provider of "${path}"`;
  const fix = sentence(
    providerArn === undefined
      ? `name the provider of "${path}" as the Federated principal of ${statement.path}`
      : `write "Principal": {"Federated": ${JSON.stringify(providerArn)}} in ${statement.path}`,
  );
  const named = federated.find(({ issuerPath }) => issuerPath === path) ?? federated[0];
  if (named === undefined || statement.principal.negated) {
    return {
      cause: 'principal-not-provider',
      summary: `${statement.path} names no identity provider as its principal. AWS looks for ${wanted}.`,
      fix,
    };
  }
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
