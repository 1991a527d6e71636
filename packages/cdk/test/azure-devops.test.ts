import assert from 'node:assert/strict';
import { evaluate, lint } from '@aws-oidc-assume/trust-policy';
import { Fn } from 'aws-cdk-lib';
import {
  AzureDevOpsOidcProvider,
  AzureDevOpsOidcRole,
  type AzureDevOpsOidcRoleProps,
  AzureDevOpsScope,
} from '../src/index.ts';
import { ACCOUNT, assertTemplate, deployedTrustPolicy, newStack, ROLE_ARN } from './support.ts';

const ORGANIZATION = { organization: 'acme', organizationId: '2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55' };
const ISSUER = `https://vstoken.dev.azure.com/${ORGANIZATION.organizationId}`;
const PROVIDER_ARN = `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER.slice('https://'.length)}`;
const CLAIMS = { iss: ISSUER, aud: 'api://AzureADTokenExchange', sub: 'sc://acme/shop/aws-deploy' };

describe('Azure DevOps constructs', () => {
  it('synthesize provider and role for a service connection', () => {
    const stack = newStack();
    const provider = new AzureDevOpsOidcProvider(stack, 'Provider', ORGANIZATION);
    new AzureDevOpsOidcRole(stack, 'Deploy', {
      provider,
      trust: [AzureDevOpsScope.serviceConnection('shop', 'aws-deploy')],
      roleName: 'deploy',
    });
    assertTemplate(stack, 'azure-devops-service-connection');
  });

  it("synthesize a role for a pipeline with the account's provider, in any account", () => {
    const stack = newStack({});
    const provider = AzureDevOpsOidcProvider.fromAccount(stack, 'Provider', ORGANIZATION);
    new AzureDevOpsOidcRole(stack, 'Deploy', { provider, trust: [AzureDevOpsScope.pipeline('shop', 'deploy')] });
    assertTemplate(stack, 'azure-devops-pipeline-existing-provider');
  });

  const scopes = [
    {
      name: 'a service connection',
      trust: AzureDevOpsScope.serviceConnection('shop', 'aws-deploy'),
      admitted: 'sc://acme/shop/aws-deploy',
      denied: [
        'sc://acme/shop/aws-deploy-2',
        'sc://acme/Shop/aws-deploy',
        'p://acme/shop/aws-deploy',
        'sc://other/shop/aws-deploy',
      ],
    },
    {
      name: 'a pipeline, taken literally',
      trust: AzureDevOpsScope.pipeline('my shop', '${1}'),
      admitted: 'p://acme/my shop/${1}',
      denied: ['p://acme/my shop/deploy', 'sc://acme/my shop/${1}'],
    },
  ];
  for (const { name, trust, admitted, denied } of scopes) {
    it(`admit ${name} and nothing else`, () => {
      const stack = newStack();
      const provider = new AzureDevOpsOidcProvider(stack, 'Provider', ORGANIZATION);
      new AzureDevOpsOidcRole(stack, 'Deploy', { provider, trust: [trust] });
      const policy = deployedTrustPolicy(stack, PROVIDER_ARN);
      const decide = (claims: object) =>
        evaluate(policy, { claims: { ...CLAIMS, ...claims }, roleArn: ROLE_ARN }).decision;
      assert.equal(decide({ sub: admitted }), 'allow');
      for (const sub of denied) assert.equal(decide({ sub }), 'deny', sub);
      assert.equal(decide({ sub: admitted, aud: 'sts.amazonaws.com' }), 'deny');
      assert.deepEqual(
        lint(policy, { roleArn: ROLE_ARN, issuer: ISSUER }).filter(({ severity }) => severity === 'error'),
        [],
      );
    });
  }

  const wrong = [
    {
      name: 'a wildcard',
      trust: () => AzureDevOpsScope.serviceConnection('shop', '*'),
      expected: /serviceConnection must not contain a wildcard/,
    },
    {
      name: 'any project',
      trust: () => AzureDevOpsScope.pipeline('*', 'deploy'),
      expected: /project must not contain a wildcard/,
    },
    { name: 'no name', trust: () => AzureDevOpsScope.pipeline('shop', ''), expected: /pipeline is missing/ },
    {
      name: 'a name known only at deployment',
      trust: () => AzureDevOpsScope.serviceConnection(Fn.importValue('project'), 'aws-deploy'),
      expected: /^Error: \[CiRoles\/Deploy\] project must be known at synthesis/,
    },
    {
      name: 'a path for a project',
      trust: () => AzureDevOpsScope.pipeline('shop/x', 'deploy'),
      expected: /project must be the project's name, not its id or URL/,
    },
  ];
  for (const { name, trust, expected } of wrong) {
    it(`refuse ${name} as a scope`, () => {
      const stack = newStack();
      const provider = new AzureDevOpsOidcProvider(stack, 'Provider', ORGANIZATION);
      assert.throws(() => new AzureDevOpsOidcRole(stack, 'Deploy', { provider, trust: [trust()] }), expected);
    });
  }

  it("refuse the organization's name instead of its id", () => {
    assert.throws(
      () => new AzureDevOpsOidcProvider(newStack(), 'Provider', { organization: 'acme', organizationId: 'acme' }),
      /organizationId must be a UUID/,
    );
  });

  it('admit several connections and pipelines of one organization with one role', () => {
    const stack = newStack();
    const provider = new AzureDevOpsOidcProvider(stack, 'Provider', ORGANIZATION);
    new AzureDevOpsOidcRole(stack, 'Deploy', {
      provider,
      trust: [AzureDevOpsScope.serviceConnection('shop', 'aws-deploy'), AzureDevOpsScope.pipeline('site', 'deploy')],
    });
    const policy = deployedTrustPolicy(stack, PROVIDER_ARN);
    const decide = (sub: string) => evaluate(policy, { claims: { ...CLAIMS, sub }, roleArn: ROLE_ARN }).decision;
    assert.equal(decide('sc://acme/shop/aws-deploy'), 'allow');
    assert.equal(decide('p://acme/site/deploy'), 'allow');
    assert.equal(decide('sc://acme/site/deploy'), 'deny');
    assert.equal(decide('p://acme/shop/aws-deploy'), 'deny');
  });

  it('cannot be written without a scope, with or without types', () => {
    const stack = newStack();
    const provider = new AzureDevOpsOidcProvider(stack, 'Provider', ORGANIZATION);
    // @ts-expect-error The scopes are missing.
    const untyped: AzureDevOpsOidcRoleProps = { provider };
    assert.throws(() => new AzureDevOpsOidcRole(stack, 'Deploy', untyped), /trust is empty/);
    const trust = [{ project: 'shop', _use: {} } as AzureDevOpsScope];
    assert.throws(
      () => new AzureDevOpsOidcRole(stack, 'Other', { ...untyped, trust }),
      /serviceConnection \| pipeline is missing/,
    );
  });
});
