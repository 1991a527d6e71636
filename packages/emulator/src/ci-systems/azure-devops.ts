import * as v from 'valibot';
import type { Issuance } from '../issuers/issuer.ts';
import { type IssuerSettings, issuerSettings } from '../issuers/issuer-settings.ts';
import type { JsonObject } from '../json.ts';
import { fail, object, oneOf, record, type Shape, text } from '../shape.ts';
import { answerTokenRequest, isTokenPath } from './azure-token-endpoint.ts';
import type { RequestingCiSystem, TokenEndpoint } from './ci-system.ts';
import { GUID, GUID_KEY, NAME, POSITIVE } from './values.ts';

export interface AzureDevOps extends IssuerSettings {
  readonly organization: string;
  readonly organizationId: string;
  readonly project: string;
  readonly projectId: string;
  readonly pipeline: string;
  readonly definitionId: number;
  readonly runId: number;
  readonly repositoryId: string;
  readonly repositoryUri: string;
  readonly branch: string;
  readonly commit: string;
  readonly stage: string;
  readonly job: string;
  readonly hub: 'build' | 'rm' | 'checks';
  readonly planId: string;
  readonly jobId: string;
  /** Names of the service connections that the job refers to, by id. */
  readonly serviceConnections: Readonly<Record<string, string>>;
}

export const AZURE_DEVOPS: Shape<AzureDevOps> = object({
  organization: v.optional(NAME, 'acme'),
  organizationId: v.optional(GUID, '2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55'),
  project: v.optional(NAME, 'shop'),
  projectId: v.optional(GUID, '9b8a7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c66'),
  pipeline: v.optional(text(), 'deploy'),
  definitionId: v.optional(POSITIVE, 17),
  runId: v.optional(POSITIVE, 4711),
  repositoryId: v.optional(text(), '5a4b3c2d-1e0f-4987-a6b5-c4d3e2f10a77'),
  repositoryUri: v.optional(text(), 'https://dev.azure.com/acme/shop/_git/shop'),
  branch: v.optional(text(), 'refs/heads/main'),
  commit: v.optional(text(), '4b825dc642cb6eb9a060e54bf8d69288fbee4904'),
  stage: v.optional(text(), 'Deploy'),
  job: v.optional(text(), 'deploy'),
  hub: v.optional(oneOf('build', 'rm', 'checks'), 'build'),
  planId: v.optional(GUID, '7e6d5c4b-3a29-4180-97f6-e5d4c3b2a188'),
  jobId: v.optional(GUID, '12f1170f-54f2-53f3-20dd-22fc7dff55f9'),
  serviceConnections: v.optional(record({ pattern: GUID_KEY, description: 'the GUID of a service connection' }, NAME), {
    '8c7b6a59-4837-4261-8504-f3e2d1c0b999': 'aws-deploy',
  }),
  ...issuerSettings(300),
});

export const AZURE_MINT = {
  /** Id of the service connection, or null for the pipeline's token. By default the first connection. */
  serviceConnectionId: v.optional(v.nullable(text())),
};

const MINT_OPTIONS = v.object(AZURE_MINT);
const AUDIENCE = 'api://AzureADTokenExchange';

export function playAzureDevOps(settings: AzureDevOps): RequestingCiSystem {
  const { organization, project, organizationId, serviceConnections } = settings;
  return {
    settings,
    claimsSupported: ['sub', 'aud', 'exp', 'iat', 'iss', 'nbf'],
    publicIssuer: `https://vstoken.dev.azure.com/${organizationId}`,
    // One key set serves all organizations. It is not below the issuer paths.
    paths: { issuer: `/vstoken/${organizationId}`, keys: '/vstoken/.well-known/jwks' },
    trust: {
      audience: AUDIENCE,
      subjects: Object.values(serviceConnections).map((name) => `sc://${organization}/${project}/${name}`),
    },
    claims: (issuance, options) => {
      const { serviceConnectionId = Object.keys(serviceConnections)[0] ?? null } = v.parse(MINT_OPTIONS, options);
      if (serviceConnectionId === null) return pipelineClaims(settings, issuance);
      const name = serviceConnections[serviceConnectionId];
      if (name === undefined) fail(['serviceConnectionId'], 'is not a service connection of the configuration');
      return serviceConnectionClaims(settings, issuance, name);
    },
    tokenEndpoint: tokenEndpoint(settings),
  };
}

function tokenEndpoint(settings: AzureDevOps): TokenEndpoint {
  const { organization, projectId, hub, planId, jobId } = settings;
  const path = `/${encodeURIComponent(organization)}/${projectId}/_apis/distributedtask/hubs/${hub}/plans/${planId}/jobs/${jobId}/oidctoken`;
  return {
    name: 'azure-token',
    credentialKind: 'access-token',
    path,
    answersAt: isTokenPath,
    answer: (request, parts) =>
      answerTokenRequest(request, {
        ...parts,
        path,
        settings,
        pipelineClaims: (issuance) => pipelineClaims(settings, issuance),
        connectionClaims: (issuance, name) => serviceConnectionClaims(settings, issuance, name),
      }),
  };
}

/** Seconds by which Azure DevOps backdates its tokens. */
const NOT_BEFORE_LEAD = 600;

/** Claims of a service connection's token. They do not mention the run. */
function serviceConnectionClaims(azure: AzureDevOps, issuance: Issuance, name: string): JsonObject {
  return { ...commonClaims(azure, issuance), sub: `sc://${azure.organization}/${azure.project}/${name}` };
}

/** Claims of the token that a job gets without a service connection. */
function pipelineClaims(azure: AzureDevOps, issuance: Issuance): JsonObject {
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
    aud: AUDIENCE,
    iss: issuer,
    nbf: now - NOT_BEFORE_LEAD,
    exp: now + azure.tokenLifetimeSeconds,
    iat: now,
  };
}
