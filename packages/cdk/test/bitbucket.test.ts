import assert from 'node:assert/strict';
import { evaluate, lint } from '@aws-oidc-assume/trust-policy';
import { Duration } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { BitbucketOidcProvider, BitbucketOidcRole, type BitbucketOidcRoleProps, BitbucketScope } from '../src/index.ts';
import { ACCOUNT, assertTemplate, deployedTrustPolicy, newStack, ROLE_ARN, templateOf } from './support.ts';

const WORKSPACE = { workspace: 'acme', workspaceUuid: '{6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11}' };
const REPOSITORY = '{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}';
const PRODUCTION = '{3c2b1a09-8f7e-4d6c-9b5a-493827160544}';
const STEP = '{1f0c9a2b-1111-4222-8333-444455556666}';
const ISSUER = 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
const PROVIDER_ARN = `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER.slice('https://'.length)}`;
const CLAIMS = {
  iss: ISSUER,
  aud: 'ari:cloud:bitbucket::workspace/6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11',
  sub: `${REPOSITORY}:${STEP}`,
};

describe('Bitbucket constructs', () => {
  it('synthesize provider and role for a repository', () => {
    const stack = newStack();
    const provider = new BitbucketOidcProvider(stack, 'Provider', WORKSPACE);
    new BitbucketOidcRole(stack, 'Deploy', {
      provider,
      trust: [BitbucketScope.repository(REPOSITORY)],
      roleName: 'deploy',
    });
    assertTemplate(stack, 'bitbucket-repository');
  });

  it("synthesize a role for a deployment environment with the account's provider, in any account", () => {
    const stack = newStack({});
    const provider = BitbucketOidcProvider.fromAccount(stack, 'Provider', WORKSPACE);
    new BitbucketOidcRole(stack, 'Deploy', {
      provider,
      trust: [BitbucketScope.deploymentEnvironment(REPOSITORY, PRODUCTION)],
      maxSessionDuration: Duration.hours(2),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
      sourceIps: ['203.0.113.0/24'],
    });
    assertTemplate(stack, 'bitbucket-environment-existing-provider');
  });

  it('admit several repositories and environments of one workspace with one role', () => {
    const stack = newStack();
    const provider = new BitbucketOidcProvider(stack, 'Provider', WORKSPACE);
    new BitbucketOidcRole(stack, 'Deploy', {
      provider,
      trust: [BitbucketScope.repository(REPOSITORY), BitbucketScope.deploymentEnvironment(STEP, PRODUCTION)],
    });
    const policy = deployedTrustPolicy(stack, PROVIDER_ARN);
    const decide = (sub: string) => evaluate(policy, { claims: { ...CLAIMS, sub }, roleArn: ROLE_ARN }).decision;
    assert.equal(decide(`${REPOSITORY}:${STEP}`), 'allow');
    assert.equal(decide(`${STEP}:${PRODUCTION}:${STEP}`), 'allow');
    assert.equal(decide(`${STEP}:${STEP}`), 'deny');
    assert.equal(decide(`${PRODUCTION}:${STEP}`), 'deny');
    assert.deepEqual(lint(policy, { roleArn: ROLE_ARN, issuer: ISSUER }), []);
  });

  const scopes = [
    {
      name: 'a repository',
      trust: BitbucketScope.repository(REPOSITORY),
      admitted: [`${REPOSITORY}:${STEP}`, `${REPOSITORY}:${PRODUCTION}:${STEP}`],
      denied: [`${PRODUCTION}:${STEP}`, `${PRODUCTION}:${REPOSITORY}:${STEP}`],
    },
    {
      name: 'a deployment environment',
      trust: BitbucketScope.deploymentEnvironment(REPOSITORY, PRODUCTION),
      admitted: [`${REPOSITORY}:${PRODUCTION}:${STEP}`],
      denied: [`${REPOSITORY}:${STEP}`, `${REPOSITORY}:${STEP}:${STEP}`],
    },
  ];
  for (const { name, trust, admitted, denied } of scopes) {
    it(`admit ${name} and nothing else`, () => {
      const stack = newStack();
      const provider = new BitbucketOidcProvider(stack, 'Provider', WORKSPACE);
      new BitbucketOidcRole(stack, 'Deploy', { provider, trust: [trust] });
      const policy = deployedTrustPolicy(stack, PROVIDER_ARN);
      const decide = (claims: object) =>
        evaluate(policy, { claims: { ...CLAIMS, ...claims }, roleArn: ROLE_ARN }).decision;
      for (const sub of admitted) assert.equal(decide({ sub }), 'allow', sub);
      for (const sub of denied) assert.equal(decide({ sub }), 'deny', sub);
      assert.equal(decide({ sub: admitted[0], aud: 'sts.amazonaws.com' }), 'deny');
      assert.deepEqual(lint(policy, { roleArn: ROLE_ARN, issuer: ISSUER }), []);
    });
  }

  const wrong = [
    {
      name: 'a repository by its name',
      trust: () => BitbucketScope.repository('shop'),
      expected: /repositoryUuid must be a UUID/,
    },
    { name: 'a wildcard', trust: () => BitbucketScope.repository('*'), expected: /repositoryUuid must be a UUID/ },
    { name: 'nothing', trust: () => BitbucketScope.repository(''), expected: /repositoryUuid is missing/ },
    {
      name: 'an environment by its name',
      trust: () => BitbucketScope.deploymentEnvironment(REPOSITORY, 'production'),
      expected: /deploymentEnvironmentUuid must be a UUID/,
    },
  ];
  for (const { name, trust, expected } of wrong) {
    it(`refuse ${name} as a scope`, () => {
      const stack = newStack();
      const provider = new BitbucketOidcProvider(stack, 'Provider', WORKSPACE);
      assert.throws(() => new BitbucketOidcRole(stack, 'Deploy', { provider, trust: [trust()] }), expected);
    });
  }

  it('refuse a wrong workspace, with the path of the construct', () => {
    const wrongWorkspace = { workspace: 'a/b', workspaceUuid: 'acme' };
    for (const create of [
      () => new BitbucketOidcProvider(newStack(), 'Provider', wrongWorkspace),
      () => BitbucketOidcProvider.fromAccount(newStack(), 'Provider', wrongWorkspace),
    ]) {
      assert.throws(create, (error: Error) => {
        assert.match(error.message, /^\[CiRoles\/Provider\] /);
        assert.match(error.message, /workspace must be the workspace's slug/);
        assert.match(error.message, /workspaceUuid must be a UUID/);
        return true;
      });
    }
  });

  it('name each wrong scope and the path of the role', () => {
    const stack = newStack();
    const provider = new BitbucketOidcProvider(stack, 'Provider', WORKSPACE);
    const trust = [BitbucketScope.repository(REPOSITORY), BitbucketScope.repository('shop')];
    assert.throws(() => new BitbucketOidcRole(new Construct(stack, 'Shop'), 'Deploy', { provider, trust }), {
      message: '[CiRoles/Shop/Deploy] trust[1].repositoryUuid must be a UUID, with or without braces.',
    });
  });

  it('cannot be written without a scope, with or without types', () => {
    const stack = newStack();
    const provider = new BitbucketOidcProvider(stack, 'Provider', WORKSPACE);
    // @ts-expect-error The scopes are missing.
    const untyped: BitbucketOidcRoleProps = { provider };
    assert.throws(() => new BitbucketOidcRole(stack, 'Deploy', untyped), {
      message: '[CiRoles/Deploy] trust is empty: name at least one.',
    });
    assert.throws(() => new BitbucketOidcRole(stack, 'None', { provider, trust: [] }), /trust is empty/);
    assert.throws(
      () => new BitbucketOidcRole(stack, 'Other', { provider, trust: [{} as BitbucketScope] }),
      /repositoryUuid is missing/,
    );
  });

  it('reject an external id, which no token could fulfil', () => {
    const stack = newStack();
    const provider = new BitbucketOidcProvider(stack, 'Provider', WORKSPACE);
    const props = { provider, trust: [BitbucketScope.repository(REPOSITORY)], externalIds: ['shop'] };
    new BitbucketOidcRole(stack, 'Deploy', props);
    assert.doesNotMatch(JSON.stringify(templateOf(stack)), /ExternalId/);
  });
});
