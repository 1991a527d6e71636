import { evaluatePolicy } from '@aws-oidc-assume/trust-policy';
import { policyProblem } from '../policy-problem.ts';
import {
  anyObject,
  fail,
  flag,
  integer,
  list,
  object,
  oneOf,
  optional,
  or,
  type Reader,
  record,
  text,
} from '../shape.ts';
import type {
  Account,
  AzureDevOps,
  Bitbucket,
  Configuration,
  GitHub,
  Role,
  SigningAlgorithm,
} from './configuration.ts';

const hexGroup = '[0-9a-fA-F]';
const guidText = `${hexGroup}{8}-${hexGroup}{4}-${hexGroup}{4}-${hexGroup}{4}-${hexGroup}{12}`;
const guid = text(new RegExp(`^${guidText}$`), 'a GUID such as 00000000-0000-4000-8000-000000000000');
const uuid: Reader<string> = (value, path) =>
  text(new RegExp(`^(${guidText}|\\{${guidText}\\})$`), 'a UUID, with or without braces')(value, path).replace(
    /[{}]/g,
    '',
  );
const slug = text(/^[\w.-]+$/, 'a slug of letters, digits, "_", "." and "-"');
const name = text(/^[^/\p{Cc}]+$/u, 'a name without slashes and control characters');
const issuerUrl = text(/^https?:\/\/[^\s?#]+[^\s?#/]$/, 'an http or https URL without query, fragment and final slash');
const algorithm = oneOf<SigningAlgorithm>('RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512');

const issuerSettings = (tokenLifetimeSeconds: number) => ({
  issuer: optional(issuerUrl),
  algorithm: or<SigningAlgorithm>('RS256', algorithm),
  tokenLifetimeSeconds: or(tokenLifetimeSeconds, integer(1, 604_800, ' seconds')),
});

/** Any question will do to have a policy read. */
const anyRequest = { action: 'sts:AssumeRole', principal: { kind: 'AWS', identifiers: [] }, context: {} } as const;

const role: Reader<Role> = object({
  trustPolicy: (value, path) => {
    const policy = anyObject(value, path);
    const problem = policyProblem(() => evaluatePolicy(policy, anyRequest));
    if (problem !== undefined) fail(path, `would be refused by IAM: ${problem.message}`);
    return policy;
  },
  maxSessionDuration: or(3600, integer(3600, 43_200, ' seconds, as IAM allows')),
  path: or('/', text(/^\/([\w+=,.@/-]+\/)?$/, 'an IAM path: "/" or "/…/"')),
  allowAssumeRole: or(false, flag),
});

const account: Reader<Account> = object({
  oidcProviders: or(
    [],
    list(
      object({
        url: text(/^(https?:\/\/)?[^\s:?#]+(:\d+)?[^\s?#]*$/, 'an issuer URL'),
        clientIds: or([], list(text())),
      }),
    ),
  ),
  roles: or(
    {},
    record({ pattern: /^[\w+=,.@-]{1,64}$/, what: 'a role name of 1 to 64 letters, digits and +=,.@-_' }, role),
  ),
});

const bitbucket: Reader<Bitbucket> = object({
  workspace: or('acme', slug),
  workspaceUuid: or('6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11', uuid),
  repository: or('shop', slug),
  repositoryUuid: or('b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22', uuid),
  pipelineUuid: or('0d9e8f7a-6b5c-4d3e-8f1a-2b3c4d5e6f33', uuid),
  branch: or('main', text()),
  environments: or(
    { production: '3c2b1a09-8f7e-4d6c-9b5a-493827160544' },
    record({ pattern: /^[^\p{Cc}]+$/u, what: 'an environment name' }, uuid),
  ),
  audiences: or([], list(text())),
  // No text of Atlassian's says how long the token lives; see the README.
  ...issuerSettings(3600),
});

const azureDevOps: Reader<AzureDevOps> = object({
  organization: or('acme', name),
  organizationId: or('2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55', guid),
  project: or('shop', name),
  projectId: or('9b8a7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c66', guid),
  pipeline: or('deploy', text()),
  definitionId: or(17, integer(1, 2 ** 31 - 1)),
  runId: or(4711, integer(1, 2 ** 31 - 1)),
  repositoryId: or('5a4b3c2d-1e0f-4987-a6b5-c4d3e2f10a77', text()),
  repositoryUri: or('https://dev.azure.com/acme/shop/_git/shop', text()),
  branch: or('refs/heads/main', text()),
  commit: or('4b825dc642cb6eb9a060e54bf8d69288fbee4904', text()),
  stage: or('Deploy', text()),
  job: or('deploy', text()),
  hub: or<'build' | 'rm' | 'checks'>('build', oneOf('build', 'rm', 'checks')),
  planId: or('7e6d5c4b-3a29-4180-97f6-e5d4c3b2a188', guid),
  jobId: or('12f1170f-54f2-53f3-20dd-22fc7dff55f9', guid),
  serviceConnections: or(
    { '8c7b6a59-4837-4261-8504-f3e2d1c0b999': 'aws-deploy' },
    record({ pattern: new RegExp(`^${guidText}$`), what: 'the GUID of a service connection' }, name),
  ),
  ...issuerSettings(300),
});

const github: Reader<GitHub> = object({
  repository: or('acme/shop', text(/^[\w.-]+\/[\w.-]+$/, 'owner/name')),
  repositoryId: or('700100200', text()),
  ownerId: or('9001002', text()),
  ref: or('refs/heads/main', text()),
  commit: or('4b825dc642cb6eb9a060e54bf8d69288fbee4904', text()),
  workflow: or('deploy', text()),
  actor: or('octocat', text()),
  environment: optional(text()),
  ...issuerSettings(300),
});

const configuration: Reader<Configuration> = object({
  accounts: optional(record({ pattern: /^\d{12}$/, what: 'an AWS account id of 12 digits' }, account)),
  bitbucket: (value, path) => bitbucket(value ?? {}, path),
  azureDevOps: (value, path) => azureDevOps(value ?? {}, path),
  github: (value, path) => github(value ?? {}, path),
});

/**
 * Checks the configuration and fills in what it leaves out.
 * @throws ShapeError naming the path of the first thing that is wrong.
 */
export function readConfiguration(json: unknown): Configuration {
  return configuration(json, '');
}
