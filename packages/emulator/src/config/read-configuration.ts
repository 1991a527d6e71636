import { evaluatePolicy } from '@aws-oidc-assume/trust-policy';
import * as v from 'valibot';
import type { JsonObject } from '../json.ts';
import { policyProblem } from '../policy-problem.ts';
import { ANY_OBJECT, FLAG, integer, list, object, oneOf, read, record, type Shape, text } from '../shape.ts';
import type {
  Account,
  AzureDevOps,
  Bitbucket,
  Configuration,
  ContextProvider,
  GitHub,
  Role,
  StsSettings,
} from './configuration.ts';

const HEX = '[0-9a-fA-F]';
const GUID_PATTERN = `${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}`;
const MAX_INT32 = 2 ** 31 - 1;

const GUID = text(new RegExp(`^${GUID_PATTERN}$`), 'a GUID such as 00000000-0000-4000-8000-000000000000');
const UUID = v.pipe(
  text(new RegExp(`^(${GUID_PATTERN}|\\{${GUID_PATTERN}\\})$`), 'a UUID, with or without braces'),
  v.transform((uuid) => uuid.replace(/[{}]/g, '')),
);
const SLUG = text(/^[\w.-]+$/, 'a slug of letters, digits, "_", "." and "-"');
const NAME = text(/^[^/\p{Cc}]+$/u, 'a name without slashes and control characters');
const ISSUER_URL = text(
  /^https?:\/\/[^\s?#]+[^\s?#/]$/,
  'an http or https URL without query, fragment and final slash',
);
const POSITIVE = integer({ minimum: 1, maximum: MAX_INT32 });

function issuerSettings(tokenLifetimeSeconds: number) {
  return {
    issuer: v.optional(ISSUER_URL),
    algorithm: v.optional(oneOf('RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'), 'RS256'),
    tokenLifetimeSeconds: v.optional(integer({ minimum: 1, maximum: 604_800, unit: ' seconds' }), tokenLifetimeSeconds),
  };
}

/** A request to evaluate while checking a policy's syntax. Its values do not matter. */
const PROBE = { action: 'sts:AssumeRole', principal: { kind: 'AWS', identifiers: [] }, context: {} } as const;

const ROLE: Shape<Role> = object({
  trustPolicy: v.pipe(
    ANY_OBJECT,
    v.check(
      (policy) => refusalOf(policy) === undefined,
      ({ input }) => `would be refused by IAM: ${refusalOf(input)}`,
    ),
  ),
  maxSessionDuration: v.optional(integer({ minimum: 3600, maximum: 43_200, unit: ' seconds, as IAM allows' }), 3600),
  path: v.optional(text(/^\/([\w+=,.@/-]+\/)?$/, 'an IAM path: "/" or "/…/"'), '/'),
  allowAssumeRole: v.optional(FLAG, false),
});

const CLAIM_NAME = text(
  /^(?! )(?!.* $)(?!.* {2})[\p{L}\p{N} _.:/=+\-@#]{1,128}$/u,
  '1 to 128 letters, digits, single spaces and _.:/=+-@#',
);

/** Limits: IAM API reference, ContextProvider and ContextProviderKeyDefinition. */
const CONTEXT_PROVIDER: Shape<ContextProvider> = v.pipe(
  object({
    subjectSourceKey: CLAIM_NAME,
    subjectTypeSourceKey: v.optional(CLAIM_NAME),
    subjectTypeValue: v.optional(oneOf('user', 'workload')),
    keyDefinitionList: v.optional(
      v.pipe(
        list(object({ sourceKey: CLAIM_NAME, targetKey: CLAIM_NAME })),
        v.maxLength(10, 'must have at most 10 entries'),
      ),
      [],
    ),
  }),
  v.check(
    ({ subjectTypeSourceKey, subjectTypeValue }) =>
      subjectTypeSourceKey === undefined || subjectTypeValue === undefined,
    'must have only one of subjectTypeSourceKey and subjectTypeValue',
  ),
);

const ACCOUNT: Shape<Account> = object({
  oidcProviders: v.optional(
    list(
      object({
        url: text(/^(https?:\/\/)?[^\s:?#]+(:\d+)?[^\s?#]*$/, 'an issuer URL'),
        clientIds: v.optional(list(text()), []),
        contextProvider: v.optional(CONTEXT_PROVIDER),
      }),
    ),
    [],
  ),
  roles: v.optional(
    record({ pattern: /^[\w+=,.@-]{1,64}$/, what: 'a role name of 1 to 64 letters, digits and +=,.@-_' }, ROLE),
    {},
  ),
});

const BITBUCKET: Shape<Bitbucket> = object({
  workspace: v.optional(SLUG, 'acme'),
  workspaceUuid: v.optional(UUID, '6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11'),
  repository: v.optional(SLUG, 'shop'),
  repositoryUuid: v.optional(UUID, 'b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22'),
  pipelineUuid: v.optional(UUID, '0d9e8f7a-6b5c-4d3e-8f1a-2b3c4d5e6f33'),
  branch: v.optional(text(), 'main'),
  environments: v.optional(record({ pattern: /^[^\p{Cc}]+$/u, what: 'an environment name' }, UUID), {
    production: '3c2b1a09-8f7e-4d6c-9b5a-493827160544',
  }),
  audiences: v.optional(list(text()), []),
  // Atlassian does not document the token's lifetime; see the README.
  ...issuerSettings(3600),
});

const AZURE_DEVOPS: Shape<AzureDevOps> = object({
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
  serviceConnections: v.optional(
    record({ pattern: new RegExp(`^${GUID_PATTERN}$`), what: 'the GUID of a service connection' }, NAME),
    { '8c7b6a59-4837-4261-8504-f3e2d1c0b999': 'aws-deploy' },
  ),
  ...issuerSettings(300),
});

const GITHUB: Shape<GitHub> = object({
  repository: v.optional(text(/^[\w.-]+\/[\w.-]+$/, 'owner/name'), 'acme/shop'),
  repositoryId: v.optional(text(), '700100200'),
  ownerId: v.optional(text(), '9001002'),
  ref: v.optional(text(), 'refs/heads/main'),
  commit: v.optional(text(), '4b825dc642cb6eb9a060e54bf8d69288fbee4904'),
  workflow: v.optional(text(), 'deploy'),
  actor: v.optional(text(), 'octocat'),
  environment: v.optional(text()),
  ...issuerSettings(300),
});

const STS: Shape<StsSettings> = object({ messages: v.optional(oneOf('current', 'old'), 'current') });

const CONFIGURATION: Shape<Configuration> = object({
  accounts: v.optional(record({ pattern: /^\d{12}$/, what: 'an AWS account id of 12 digits' }, ACCOUNT)),
  bitbucket: v.nullish(BITBUCKET, {}),
  azureDevOps: v.nullish(AZURE_DEVOPS, {}),
  github: v.nullish(GITHUB, {}),
  sts: v.nullish(STS, {}),
});

/**
 * Checks the configuration and fills in its defaults.
 * @throws ShapeError naming the path of the first problem
 */
export function readConfiguration(json: unknown): Configuration {
  return read(CONFIGURATION, json);
}

/** Why IAM would refuse to store the policy; undefined if it would store it. */
function refusalOf(policy: JsonObject): string | undefined {
  return policyProblem(() => evaluatePolicy(policy, PROBE))?.message;
}
