import type { AzureDevOps } from '../config/configuration.ts';
import { AZURE_AUDIENCE } from '../config/default-accounts.ts';
import type { JsonObject } from '../json.ts';
import type { Issuance } from './issuer.ts';

export const AZURE_CLAIMS = ['sub', 'aud', 'exp', 'iat', 'iss', 'nbf'];

/** Seconds by which Azure DevOps backdates its tokens. */
const NOT_BEFORE_LEAD = 600;

/** Claims of a service connection's token. They do not mention the run. */
export function serviceConnectionClaims(azure: AzureDevOps, issuance: Issuance, name: string): JsonObject {
  return { ...commonClaims(azure, issuance), sub: `sc://${azure.organization}/${azure.project}/${name}` };
}

/** Claims of the token that a job gets without a service connection. */
export function pipelineClaims(azure: AzureDevOps, issuance: Issuance): JsonObject {
  return {
    ...commonClaims(azure, issuance),
    sub: `p://${azure.organization}/${azure.project}/${azure.pipeline}`,
    org_id: azure.organizationId,
    prj_id: azure.projectId,
    def_id: String(azure.definitionId),
    rpo_id: azure.repositoryId,
    rpo_uri: azure.repositoryUri,
    rpo_ver: azure.commit,
    rpo_ref: azure.branch,
    run_id: String(azure.runId),
  };
}

function commonClaims(azure: AzureDevOps, { issuer, now, jti }: Issuance): JsonObject {
  return {
    jti,
    aud: AZURE_AUDIENCE,
    iss: issuer,
    nbf: now - NOT_BEFORE_LEAD,
    exp: now + azure.tokenLifetimeSeconds,
    iat: now,
  };
}
