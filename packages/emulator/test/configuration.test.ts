import assert from 'node:assert/strict';
import { evaluate } from '@aws-oidc-assume/trust-policy';
import type { Account } from '../src/config/configuration.ts';
import { defaultAccounts } from '../src/config/default-accounts.ts';
import { issuerNames } from '../src/config/issuer-names.ts';
import { readConfiguration } from '../src/config/read-configuration.ts';

const trustPolicy = {
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/api.bitbucket.org/x' },
    Action: 'sts:AssumeRoleWithWebIdentity',
  },
};
const withRole = (role: unknown) => ({ accounts: { '123456789012': { roles: { deploy: role } } } });

const withContextProvider = (contextProvider: unknown) => ({
  accounts: { '123456789012': { oidcProviders: [{ url: 'https://a.example', contextProvider }] } },
});

describe('the configuration', () => {
  it('has defaults for everything', () => {
    const { accounts, bitbucket, azureDevOps, github } = readConfiguration({});
    assert.equal(accounts, undefined);
    assert.deepEqual(
      [bitbucket.workspace, azureDevOps.organization, azureDevOps.project, github.repository],
      ['acme', 'acme', 'shop', 'acme/shop'],
    );
    assert.equal(azureDevOps.tokenLifetimeSeconds, 300);
  });

  it('keeps its values and fills in the rest', () => {
    const { bitbucket } = readConfiguration({
      bitbucket: { workspace: 'globex', workspaceUuid: '{01234567-89AB-4def-8123-456789abcdef}' },
    });
    assert.equal(bitbucket.workspace, 'globex');
    assert.equal(bitbucket.workspaceUuid, '01234567-89AB-4def-8123-456789abcdef');
    assert.equal(bitbucket.repository, 'shop');
  });

  it('keeps names of built-in object members', () => {
    const environments = JSON.parse('{"prototype": "01234567-89ab-4def-8123-456789abcdef"}');
    assert.deepEqual(Object.keys(readConfiguration({ bitbucket: { environments } }).bitbucket.environments), [
      'prototype',
    ]);
  });

  it('can be null instead of a section', () => {
    assert.deepEqual(readConfiguration({ bitbucket: null, azureDevOps: null, github: null }), readConfiguration({}));
  });

  const wrong: readonly { name: string; input: unknown; expected: RegExp }[] = [
    { name: 'a list at the top', input: [], expected: /^The top level must be an object, not a list$/ },
    {
      name: 'an unknown section',
      input: { azuredevops: {} },
      expected: /^azuredevops is not known; known here: accounts, /,
    },
    {
      name: 'an unknown member',
      input: { bitbucket: { workspaceID: '' } },
      expected: /^bitbucket\.workspaceID is not known/,
    },
    {
      name: 'an account id that is too short',
      input: { accounts: { '123': {} } },
      expected: /^accounts\.123 is not an AWS account id/,
    },
    {
      name: 'a role without trust policy',
      input: withRole({}),
      expected: /^accounts\.123456789012\.roles\.deploy\.trustPolicy must be an object, not absent$/,
    },
    {
      name: 'a trust policy that IAM would refuse',
      input: withRole({ trustPolicy: { ...trustPolicy, Statement: { ...trustPolicy.Statement, Effect: 'allow' } } }),
      expected: /^accounts\.123456789012\.roles\.deploy\.trustPolicy would be refused by IAM: .*Effect/,
    },
    {
      name: 'a maximum session duration below an hour',
      input: withRole({ trustPolicy, maxSessionDuration: 900 }),
      expected: /\.maxSessionDuration must be a whole number from 3600 to 43200 seconds/,
    },
    {
      name: 'a client id that is not a string',
      input: { accounts: { '123456789012': { oidcProviders: [{ url: 'https://a.example', clientIds: [7] }] } } },
      expected: /^accounts\.123456789012\.oidcProviders\[0\]\.clientIds\[0\] must be .*, not a number$/,
    },
    {
      name: 'a context provider without a subject',
      input: withContextProvider({}),
      expected: /\.oidcProviders\[0\]\.contextProvider\.subjectSourceKey must be 1 to 128 letters.*, not absent$/,
    },
    {
      name: 'a claim name with two spaces',
      input: withContextProvider({ subjectSourceKey: 'a  b' }),
      expected: /\.contextProvider\.subjectSourceKey must be 1 to 128 letters/,
    },
    {
      name: 'two kinds of subject type',
      input: withContextProvider({ subjectSourceKey: 'sub', subjectTypeSourceKey: 'kind', subjectTypeValue: 'user' }),
      expected: /\.contextProvider must have only one of subjectTypeSourceKey and subjectTypeValue$/,
    },
    {
      name: 'eleven mapped claims',
      input: withContextProvider({
        subjectSourceKey: 'sub',
        keyDefinitionList: Array.from({ length: 11 }, (_, n) => ({ sourceKey: `c${n}`, targetKey: `k${n}` })),
      }),
      expected: /\.contextProvider\.keyDefinitionList must have at most 10 entries$/,
    },
    {
      name: 'unknown texts of STS',
      input: { sts: { messages: 'older' } },
      expected: /^sts\.messages must be one of current, old$/,
    },
    {
      name: 'a member that every object has',
      input: JSON.parse('{"constructor": 1}'),
      expected: /^constructor is not known; known here: accounts, /,
    },
    {
      name: 'a service connection without GUID',
      input: { azureDevOps: { serviceConnections: { 'my connection': 'aws' } } },
      expected: /^azureDevOps\.serviceConnections\["my connection"\] is not the GUID/,
    },
    {
      name: 'an algorithm AWS does not take',
      input: { github: { algorithm: 'HS256' } },
      expected: /^github\.algorithm must be one of RS256/,
    },
    {
      name: 'a lifetime of 0',
      input: { azureDevOps: { tokenLifetimeSeconds: 0 } },
      expected: /^azureDevOps\.tokenLifetimeSeconds must be /,
    },
    {
      name: 'an issuer with a final slash',
      input: { github: { issuer: 'https://a.example/' } },
      expected: /^github\.issuer must be /,
    },
  ];
  for (const { name, input, expected } of wrong) {
    it(`is refused with ${name}, naming the path`, () => {
      assert.throws(
        () => readConfiguration(input),
        (error: Error) => expected.test(error.message) || assert.fail(error.message),
      );
    });
  }
});

describe('the name of an issuer', () => {
  const servedUrls = {
    bitbucket: 'http://127.0.0.1:1/b',
    azureDevOps: 'http://127.0.0.1:1/a',
    github: 'http://127.0.0.1:1/g',
  };
  const registering = (url: string) => ({ accounts: { '123456789012': { oidcProviders: [{ url }] } } });

  it('is the URL at which it is served', () => {
    assert.deepEqual(issuerNames(readConfiguration({}), servedUrls), servedUrls);
  });

  it("is the public name if a provider of that system's public host is registered", () => {
    const url = 'https://api.bitbucket.org/2.0/workspaces/another/pipelines-config/identity/oidc';
    assert.deepEqual(issuerNames(readConfiguration(registering(url)), servedUrls), {
      ...servedUrls,
      bitbucket: 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
    });
  });

  it('is the public name if the provider is written without scheme, as in IAM', () => {
    const names = issuerNames(readConfiguration(registering('token.actions.githubusercontent.com')), servedUrls);
    assert.equal(names.github, 'https://token.actions.githubusercontent.com');
  });

  it("contains the organization's GUID for Azure DevOps", () => {
    const configuration = readConfiguration({
      ...registering('https://vstoken.dev.azure.com/00000000-0000-4000-8000-000000000001'),
      azureDevOps: { organizationId: '00000000-0000-4000-8000-000000000002' },
    });
    assert.equal(
      issuerNames(configuration, servedUrls).azureDevOps,
      'https://vstoken.dev.azure.com/00000000-0000-4000-8000-000000000002',
    );
  });

  it('is the configured issuer if there is one', () => {
    const configuration = readConfiguration({
      ...registering('https://token.actions.githubusercontent.com'),
      github: { issuer: 'https://github.acme.example' },
    });
    assert.equal(issuerNames(configuration, servedUrls).github, 'https://github.acme.example');
  });
});

describe('the default account', () => {
  const configuration = readConfiguration({});
  const issuers = { bitbucket: 'http://127.0.0.1/b', azureDevOps: 'http://127.0.0.1/a', github: 'http://127.0.0.1/g' };
  const accounts: Readonly<Record<string, Account>> = defaultAccounts(configuration, issuers);
  const roleArn = 'arn:aws:iam::123456789012:role/deploy';
  const { bitbucket } = configuration;
  const bitbucketAudience = `ari:cloud:bitbucket::workspace/${bitbucket.workspaceUuid}`;

  const cases = [
    {
      name: 'the Bitbucket repository',
      claims: { iss: issuers.bitbucket, aud: bitbucketAudience, sub: `{${bitbucket.repositoryUuid}}:{step}` },
      expected: 'allow',
    },
    {
      name: 'another repository of the workspace',
      claims: { iss: issuers.bitbucket, aud: bitbucketAudience, sub: '{00000000-0000-4000-8000-000000000000}:{step}' },
      expected: 'deny',
    },
    {
      name: 'the Azure DevOps service connection',
      claims: { iss: issuers.azureDevOps, aud: 'api://AzureADTokenExchange', sub: 'sc://acme/shop/aws-deploy' },
      expected: 'allow',
    },
    {
      name: "the pipeline's own Azure DevOps token",
      claims: { iss: issuers.azureDevOps, aud: 'api://AzureADTokenExchange', sub: 'p://acme/shop/deploy' },
      expected: 'deny',
    },
    {
      name: 'the GitHub repository',
      claims: { iss: issuers.github, aud: 'sts.amazonaws.com', sub: 'repo:acme/shop:ref:refs/heads/main' },
      expected: 'allow',
    },
    {
      name: 'another GitHub repository',
      claims: { iss: issuers.github, aud: 'sts.amazonaws.com', sub: 'repo:acme/shop-fork:ref:refs/heads/main' },
      expected: 'deny',
    },
    {
      name: "one issuer's subject from another issuer",
      claims: { iss: issuers.github, aud: 'sts.amazonaws.com', sub: 'sc://acme/shop/aws-deploy' },
      expected: 'deny',
    },
  ];
  for (const { name, claims, expected } of cases) {
    it(`${expected === 'allow' ? 'trusts' : 'does not trust'} ${name}`, () => {
      const policy = accounts['123456789012']?.roles['deploy']?.trustPolicy;
      assert.equal(evaluate(policy, { claims, roleArn }).decision, expected);
    });
  }
});
