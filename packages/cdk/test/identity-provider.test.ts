import assert from 'node:assert/strict';
import { evaluate } from '@aws-oidc-assume/trust-policy';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  CfnOIDCProvider,
  type IOIDCProviderRef,
  type IOidcProvider,
  type IOpenIdConnectProvider,
  OidcProviderNative,
  OpenIdConnectPrincipal,
  OpenIdConnectProvider,
  Role,
} from 'aws-cdk-lib/aws-iam';
import {
  AzureDevOpsOidcProvider,
  BitbucketOidcProvider,
  BitbucketOidcRole,
  BitbucketScope,
  GitHubOidcProvider,
  type IBitbucketOidcProvider,
} from '../src/index.ts';
import { ACCOUNT, deployedTrustPolicy, newStack, ROLE_ARN, templateOf } from './support.ts';

const WORKSPACE = { workspace: 'acme', workspaceUuid: '{6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11}' };
const ORGANIZATION = { organization: 'acme', organizationId: '2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55' };
const REPOSITORY = '{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}';
const ISSUER = 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
const AUDIENCE = 'ari:cloud:bitbucket::workspace/6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11';
const ARN = `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER.slice('https://'.length)}`;

/** Whether a role that trusts a repository through the provider admits a step of that repository. */
function admits(stack: Stack, provider: IBitbucketOidcProvider): boolean {
  new BitbucketOidcRole(stack, 'Deploy', { provider, trust: [BitbucketScope.repository(REPOSITORY)] });
  const claims = { iss: ISSUER, aud: AUDIENCE, sub: `${REPOSITORY}:{1f0c9a2b-1111-4222-8333-444455556666}` };
  return evaluate(deployedTrustPolicy(stack, ARN), { claims, roleArn: ROLE_ARN }).decision === 'allow';
}

const deletionPolicies = (stack: Stack) =>
  Object.values(templateOf(stack)['Resources'] as Record<string, { DeletionPolicy?: string }>).map(
    ({ DeletionPolicy }) => DeletionPolicy,
  );

describe('identity providers of the constructs', () => {
  it('outlive their stack unless the app decides otherwise', () => {
    const stack = newStack();
    new BitbucketOidcProvider(stack, 'Bitbucket', WORKSPACE);
    new AzureDevOpsOidcProvider(stack, 'AzureDevOps', ORGANIZATION);
    new GitHubOidcProvider(stack, 'GitHub');
    assert.deepEqual(deletionPolicies(stack), ['Retain', 'Retain', 'Retain']);

    const other = newStack();
    new GitHubOidcProvider(other, 'GitHub', { removalPolicy: RemovalPolicy.DESTROY });
    assert.deepEqual(deletionPolicies(other), ['Delete']);
  });

  it("have the tokens' issuer, the audience, and the ARN", () => {
    const provider = BitbucketOidcProvider.fromAccount(newStack(), 'Provider', WORKSPACE);
    assert.equal(provider.issuer, ISSUER);
    assert.equal(provider.audience, AUDIENCE);
    assert.match(
      provider.oidcProviderArn,
      /:iam::123456789012:oidc-provider\/api\.bitbucket\.org\/2\.0\/workspaces\/acme\//,
    );
  });

  it('are accepted wherever aws-cdk-lib takes a provider', () => {
    const stack = newStack();
    const providers = [
      new BitbucketOidcProvider(stack, 'Created', WORKSPACE),
      AzureDevOpsOidcProvider.fromAccount(stack, 'Found', ORGANIZATION),
      GitHubOidcProvider.fromAccount(stack, 'GitHub'),
    ];
    for (const [index, provider] of providers.entries()) {
      const kinds: [IOidcProvider, IOpenIdConnectProvider, IOIDCProviderRef] = [provider, provider, provider];
      for (const [kind, one] of kinds.entries()) {
        assert.equal(one.oidcProviderRef.oidcProviderArn, provider.oidcProviderArn);
        new Role(stack, `Role${index}${kind}`, { assumedBy: new OpenIdConnectPrincipal(one) });
      }
      assert.equal(provider.openIdConnectProviderIssuer, provider.issuer.slice('https://'.length));
    }
    const principals = JSON.stringify(templateOf(stack)).match(/"Federated"/g);
    assert.equal(principals?.length, 9);
  });

  describe('found', () => {
    const kinds: readonly { name: string; find: (stack: Stack) => IBitbucketOidcProvider }[] = [
      { name: 'in the account', find: (stack) => BitbucketOidcProvider.fromAccount(stack, 'Provider', WORKSPACE) },
      { name: 'by its ARN', find: (stack) => BitbucketOidcProvider.fromProviderArn(stack, 'Provider', ARN, WORKSPACE) },
      {
        name: 'as the L1 of another part of the app',
        find: (stack) => {
          const existing = new CfnOIDCProvider(stack, 'Existing', { url: ISSUER, clientIdList: [AUDIENCE] });
          return BitbucketOidcProvider.fromProvider(stack, 'Provider', existing, WORKSPACE);
        },
      },
      {
        name: 'as the native L2 of another part of the app',
        find: (stack) => {
          const existing = new OidcProviderNative(stack, 'Existing', { url: ISSUER, clientIds: ['x', AUDIENCE] });
          return BitbucketOidcProvider.fromProvider(stack, 'Provider', existing, WORKSPACE);
        },
      },
      {
        name: 'as an L2 that aws-cdk-lib found',
        find: (stack) => {
          const existing = OpenIdConnectProvider.fromOpenIdConnectProviderArn(stack, 'Existing', ARN);
          return BitbucketOidcProvider.fromProvider(stack, 'Provider', existing, WORKSPACE);
        },
      },
    ];
    for (const { name, find } of kinds) {
      it(`${name} are trusted by roles`, () => {
        const stack = newStack();
        assert.ok(admits(stack, find(stack)));
      });
    }

    it('follow the stack in an account that is not known yet', () => {
      const stack = newStack({});
      assert.ok(admits(stack, BitbucketOidcProvider.fromAccount(stack, 'Provider', WORKSPACE)));
    });

    const wrong: readonly { name: string; find: (stack: Stack) => unknown; expected: RegExp }[] = [
      {
        name: 'the ARN of another issuer',
        find: (stack) => AzureDevOpsOidcProvider.fromProviderArn(stack, 'Provider', ARN, ORGANIZATION),
        expected:
          /^\[CiRoles\/Provider\] The provider's ARN is arn:aws:.*oidc\. The ARN for https:\/\/vstoken\.dev\.azure\.com\//,
      },
      {
        name: 'an L1 with another URL',
        find: (stack) => {
          const existing = new CfnOIDCProvider(stack, 'Existing', {
            url: 'https://gitlab.com',
            clientIdList: [AUDIENCE],
          });
          return BitbucketOidcProvider.fromProvider(stack, 'Provider', existing, WORKSPACE);
        },
        expected:
          /^\[CiRoles\/Provider\] The URL of CiRoles\/Existing is https:\/\/gitlab\.com\. The tokens have the issuer/,
      },
      {
        name: 'an L2 without the audience',
        find: (stack) => {
          const existing = new OidcProviderNative(stack, 'Existing', { url: ISSUER, clientIds: ['sts.amazonaws.com'] });
          return BitbucketOidcProvider.fromProvider(stack, 'Provider', existing, WORKSPACE);
        },
        expected:
          /^\[CiRoles\/Provider\] CiRoles\/Existing\/Resource accepts sts\.amazonaws\.com\. Add ari:cloud:bitbucket::/,
      },
      {
        name: 'an L1 without any audience',
        find: (stack) =>
          GitHubOidcProvider.fromProvider(
            stack,
            'Provider',
            new CfnOIDCProvider(stack, 'Existing', { url: 'https://token.actions.githubusercontent.com' }),
          ),
        expected: /CiRoles\/Existing accepts no audience\. Add sts\.amazonaws\.com/,
      },
    ];
    for (const { name, find, expected } of wrong) {
      it(`refuse ${name}`, () => {
        assert.throws(
          () => find(newStack()),
          (error: Error) => expected.test(error.message) || assert.fail(error.message),
        );
      });
    }
  });

  describe('created twice for one issuer', () => {
    it('are refused in one stack and in one account', () => {
      const app = new App();
      const env = { account: ACCOUNT, region: 'eu-west-1' };
      const stack = new Stack(app, 'One', { env });
      new GitHubOidcProvider(stack, 'First');
      const message = /creates it already\. Pass that provider, or use fromAccount\(\)\.$/;
      assert.throws(() => new GitHubOidcProvider(stack, 'Second'), message);
      const otherRegion = new Stack(app, 'Two', { env: { ...env, region: 'us-east-1' } });
      assert.throws(() => new GitHubOidcProvider(otherRegion, 'Second'), message);
    });

    it('are allowed in two accounts, and if an account is not known yet', () => {
      const app = new App();
      for (const [id, account] of [
        ['One', ACCOUNT],
        ['Two', '210987654321'],
        ['Three', undefined],
        ['Four', undefined],
      ] as const) {
        new GitHubOidcProvider(new Stack(app, id, account === undefined ? {} : { env: { account } }), 'Provider');
      }
    });
  });
});
