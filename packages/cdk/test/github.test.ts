import assert from 'node:assert/strict';
import { evaluate, lint } from '@aws-oidc-assume/trust-policy';
import { GitHubOidcProvider, GitHubOidcRole, type GitHubOidcRoleProps, GitHubScope } from '../src/index.ts';
import { ACCOUNT, deployedTrustPolicy, newStack, ROLE_ARN, templateOf } from './support.ts';

const ISSUER = 'https://token.actions.githubusercontent.com';
const PROVIDER_ARN = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
const REPOSITORY = { owner: 'acme', repository: 'shop' };
const WITH_IDS = { ...REPOSITORY, ownerId: '1', repositoryId: '22' };

describe('GitHub constructs', () => {
  const scopes = [
    { trust: GitHubScope.environment('live', REPOSITORY), admitted: 'repo:acme/shop:environment:live' },
    { trust: GitHubScope.branch('main', REPOSITORY), admitted: 'repo:acme/shop:ref:refs/heads/main' },
    { trust: GitHubScope.tag('v1', WITH_IDS), admitted: 'repo:acme@1/shop@22:ref:refs/tags/v1' },
    { trust: GitHubScope.pullRequests(REPOSITORY), admitted: 'repo:acme/shop:pull_request' },
  ];
  for (const { trust, admitted } of scopes) {
    it(`admit ${admitted} and nothing else`, () => {
      const stack = newStack();
      const provider = new GitHubOidcProvider(stack, 'Provider');
      new GitHubOidcRole(stack, 'Deploy', { provider, trust: [trust] });
      const policy = deployedTrustPolicy(stack, PROVIDER_ARN);
      const decide = (claims: object) =>
        evaluate(policy, { claims: { iss: ISSUER, aud: 'sts.amazonaws.com', sub: admitted, ...claims } }).decision;
      assert.equal(decide({}), 'allow');
      assert.equal(decide({ aud: 'other' }), 'deny');
      for (const other of scopes) {
        if (other.admitted !== admitted) assert.equal(decide({ sub: other.admitted }), 'deny', other.admitted);
      }
      assert.equal(decide({ sub: admitted.replace('shop', 'site') }), 'deny');
      assert.deepEqual(
        lint(policy, { roleArn: ROLE_ARN, issuer: ISSUER }).filter(({ severity }) => severity === 'error'),
        [],
      );
    });
  }

  it('admit several jobs with one role', () => {
    const stack = newStack();
    const provider = new GitHubOidcProvider(stack, 'Provider');
    new GitHubOidcRole(stack, 'Deploy', { provider, trust: scopes.map(({ trust }) => trust) });
    const policy = deployedTrustPolicy(stack, PROVIDER_ARN);
    for (const { admitted } of scopes) {
      const claims = { iss: ISSUER, aud: 'sts.amazonaws.com', sub: admitted };
      assert.equal(evaluate(policy, { claims }).decision, 'allow', admitted);
    }
  });

  it('use the issuer and the audience of an enterprise', () => {
    const stack = newStack();
    const issuer = `${ISSUER}/acme-inc`;
    const provider = new GitHubOidcProvider(stack, 'Provider', { issuer, audience: 'aws' });
    new GitHubOidcRole(stack, 'Deploy', { provider, trust: [GitHubScope.branch('main', REPOSITORY)] });
    const policy = deployedTrustPolicy(stack, `${PROVIDER_ARN}/acme-inc`);
    const decide = (iss: string) =>
      evaluate(policy, { claims: { iss, aud: 'aws', sub: 'repo:acme/shop:ref:refs/heads/main' } }).decision;
    assert.deepEqual([decide(issuer), decide(ISSUER)], ['allow', 'deny']);
    assert.match(JSON.stringify(templateOf(stack)), /"Url":"https:\/\/token.actions.githubusercontent.com\/acme-inc"/);
  });

  it('refuse the issuer of another system', () => {
    assert.throws(() => new GitHubOidcProvider(newStack(), 'Provider', { issuer: 'https://gitlab.com' }), {
      message: '[CiRoles/Provider] issuer is not an issuer URL of github.',
    });
  });

  for (const { name, trust, expected } of [
    { name: 'a wildcard', trust: GitHubScope.branch('*', REPOSITORY), expected: /branch must not contain a wildcard/ },
    {
      name: 'any repository',
      trust: GitHubScope.branch('main', { owner: 'acme', repository: '*' }),
      expected: /repository must not/,
    },
    {
      name: 'one id of two',
      trust: GitHubScope.branch('main', { ...REPOSITORY, ownerId: '1' }),
      expected: /repositoryId/,
    },
    {
      name: 'an object that is no scope',
      trust: {} as GitHubScope,
      expected: /environment \| branch \| tag \| pullRequest is missing/,
    },
  ]) {
    it(`refuse ${name} as a scope`, () => {
      const stack = newStack();
      const provider = new GitHubOidcProvider(stack, 'Provider');
      assert.throws(() => new GitHubOidcRole(stack, 'Deploy', { provider, trust: [trust] }), expected);
    });
  }

  it('cannot be written without a scope', () => {
    const stack = newStack();
    const provider = new GitHubOidcProvider(stack, 'Provider');
    // @ts-expect-error The scopes are missing.
    const untyped: GitHubOidcRoleProps = { provider };
    assert.throws(() => new GitHubOidcRole(stack, 'Deploy', untyped), /trust is empty/);
  });
});
