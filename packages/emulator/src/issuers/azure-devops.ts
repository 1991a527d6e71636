import type { AzureDevOps } from '../config/configuration.ts';
import { azureAudience } from '../config/default-accounts.ts';
import type { JsonObject } from '../json.ts';

export const azureClaims = ['sub', 'aud', 'exp', 'iat', 'iss', 'nbf'];

/** Azure DevOps dates its tokens back by this much, in seconds. */
const notBeforeLead = 600;

/** The token of a service connection says nothing of the run. */
export function serviceConnectionClaims(
  azure: AzureDevOps,
  issuer: string,
  now: number,
  jti: string,
  name: string,
): JsonObject {
  return { ...common(azure, issuer, now, jti), sub: `sc://${azure.organization}/${azure.project}/${name}` };
}

/** The token a job gets without naming a service connection. */
export function pipelineClaims(azure: AzureDevOps, issuer: string, now: number, jti: string): JsonObject {
  return {
    ...common(azure, issuer, now, jti),
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

function common(azure: AzureDevOps, issuer: string, now: number, jti: string): JsonObject {
  return {
    jti,
    aud: azureAudience,
    iss: issuer,
    nbf: now - notBeforeLead,
    exp: now + azure.tokenLifetimeSeconds,
    iat: now,
  };
}
