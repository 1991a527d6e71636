import { matchesPattern, wildcardPattern } from '../policy/glob.ts';
import { UUID } from '../text/uuid.ts';
import type { Issuer } from './providers.ts';

/** What a token of an issuer can and cannot have as its audience. */
export interface AudienceFit {
  readonly possible: boolean;
  /** What the policy should say, as precisely as the issuer tells. */
  readonly usual: string;
}

const BITBUCKET_AUDIENCE = new RegExp(`^ari:cloud:bitbucket::workspace/${UUID}$`);

/** Audiences of other systems, found in policies that were copied from there. */
const FOREIGN_TO_BITBUCKET: ReadonlySet<string> = new Set([
  'sts.amazonaws.com',
  'api://AzureADTokenExchange',
  'aws.workload.identity',
]);

const AZURE_AUDIENCE = 'api://AzureADTokenExchange';

/**
 * Whether a token of this issuer can carry the audience a policy expects. Only Bitbucket's and Azure DevOps' audiences are
 * fixed; the other systems let the job choose.
 *
 * @param wildcards whether `*` and `?` are wildcards in `expected`.
 */
export function audienceFit(issuer: Issuer, expected: string, wildcards: boolean): AudienceFit {
  const matches = (audience: string): boolean =>
    wildcards ? matchesPattern(wildcardPattern(expected), audience) : expected === audience;
  switch (issuer.provider.id) {
    case 'bitbucket':
      return { possible: bitbucketCanBe(expected, wildcards), usual: issuer.provider.audience };
    case 'azure-devops':
      // Tokens on the Microsoft Entra issuer carry an authorized party, and which id AWS compares is not documented.
      return { possible: issuer.tenantId !== undefined || matches(AZURE_AUDIENCE), usual: AZURE_AUDIENCE };
    default:
      return { possible: true, usual: issuer.provider.audience };
  }
}

function bitbucketCanBe(expected: string, wildcards: boolean): boolean {
  if (wildcards && /[*?]/.test(expected)) return true;
  if (expected.startsWith('ari:')) return BITBUCKET_AUDIENCE.test(expected);
  // A step can ask for audiences of its own (`oidc: audiences:`), but never gets those of another system by default.
  return !FOREIGN_TO_BITBUCKET.has(expected);
}
