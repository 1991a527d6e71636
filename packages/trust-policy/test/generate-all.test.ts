import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evaluate, generate, generateAll, lint, permissionPolicy, ScopeError, type TrustScope } from '../src/index.ts';
import {
  ENVIRONMENT,
  ORGANIZATION,
  OTHER_ENVIRONMENT,
  OTHER_REPOSITORY,
  REPOSITORY,
  STEP,
  WORKSPACE,
} from './support.ts';

const THIRD_REPOSITORY = '9c6a3c1e-7c1c-4b8a-9c36-0d8e2f4a6b13';
const TARGET = { account: '123456789012' };
const WORKSPACE_FIELDS = { provider: 'bitbucket', workspace: 'acme', workspaceUuid: WORKSPACE } as const;
const ORGANIZATION_FIELDS = {
  provider: 'azure-devops',
  organizationId: ORGANIZATION,
  organization: 'acme',
  project: 'shop',
} as const;

/** Scopes of one provider, each with the subject of a token inside it. */
const BITBUCKET: readonly (readonly [TrustScope, string])[] = [
  [{ ...WORKSPACE_FIELDS, repositoryUuid: REPOSITORY }, `{${REPOSITORY}}:{${STEP}}`],
  [{ ...WORKSPACE_FIELDS, repositoryUuid: OTHER_REPOSITORY }, `{${OTHER_REPOSITORY}}:{${STEP}}`],
  [
    { ...WORKSPACE_FIELDS, repositoryUuid: THIRD_REPOSITORY, deploymentEnvironmentUuid: ENVIRONMENT },
    `{${THIRD_REPOSITORY}}:{${ENVIRONMENT}}:{${STEP}}`,
  ],
  [
    { ...WORKSPACE_FIELDS, repositoryUuid: THIRD_REPOSITORY, deploymentEnvironmentUuid: OTHER_ENVIRONMENT },
    `{${THIRD_REPOSITORY}}:{${OTHER_ENVIRONMENT}}:{${STEP}}`,
  ],
];
const AZURE: readonly (readonly [TrustScope, string])[] = [
  [{ ...ORGANIZATION_FIELDS, serviceConnection: 'aws' }, 'sc://acme/shop/aws'],
  [{ ...ORGANIZATION_FIELDS, serviceConnection: 'aws-2' }, 'sc://acme/shop/aws-2'],
  [{ ...ORGANIZATION_FIELDS, pipeline: 'deploy' }, 'p://acme/shop/deploy'],
  [{ ...ORGANIZATION_FIELDS, project: 'site', pipeline: 'deploy' }, 'p://acme/site/deploy'],
];
const GITHUB: readonly (readonly [TrustScope, string])[] = [
  [{ provider: 'github', owner: 'acme', repository: 'shop', branch: 'main' }, 'repo:acme/shop:ref:refs/heads/main'],
  [{ provider: 'github', owner: 'acme', repository: 'shop', environment: 'live' }, 'repo:acme/shop:environment:live'],
  [{ provider: 'github', owner: 'acme', repository: 'site', tag: 'v1' }, 'repo:acme/site:ref:refs/tags/v1'],
];

describe('generateAll', () => {
  for (const cases of [BITBUCKET, AZURE, GITHUB]) {
    it(`admits each of several ${cases[0]?.[0].provider} scopes and no other job`, () => {
      fc.assert(
        fc.property(fc.subarray([...cases], { minLength: 1 }), (chosen) => {
          const { trustPolicy, providerUrl, clientIds } = generateAll(
            chosen.map(([scope]) => scope),
            TARGET,
          );
          assert.equal(trustPolicy.Statement.length, 1);
          for (const [scope, sub] of cases) {
            const { decision } = evaluate(trustPolicy, { claims: { iss: providerUrl, aud: clientIds[0] ?? '', sub } });
            const isChosen = chosen.some(([one]) => one === scope);
            assert.equal(decision, isChosen ? 'allow' : 'deny', sub);
          }
          assert.deepEqual(
            lint(trustPolicy).filter(({ severity }) => severity === 'error'),
            [],
          );
        }),
      );
    });

    it(`equals generate for one ${cases[0]?.[0].provider} scope`, () => {
      for (const [scope] of cases) assert.deepEqual(generateAll([scope], TARGET), generate({ ...scope, ...TARGET }));
    });
  }

  it('keeps scopes with another audience in a separate statement', () => {
    const site = { provider: 'github', owner: 'acme', repository: 'site', branch: 'main' } as const;
    const { trustPolicy, clientIds } = generateAll([site, { ...site, audience: 'other', branch: 'next' }], TARGET);
    assert.equal(trustPolicy.Statement.length, 2);
    assert.deepEqual(clientIds, ['sts.amazonaws.com', 'other']);
    const decide = (aud: string, branch: string) =>
      evaluate(trustPolicy, {
        claims: {
          iss: 'https://token.actions.githubusercontent.com',
          aud,
          sub: `repo:acme/site:ref:refs/heads/${branch}`,
        },
      }).decision;
    assert.deepEqual(
      [
        decide('sts.amazonaws.com', 'main'),
        decide('other', 'next'),
        decide('other', 'main'),
        decide('sts.amazonaws.com', 'next'),
      ],
      ['allow', 'allow', 'deny', 'deny'],
    );
  });

  it('names a repeated scope once', () => {
    const [[scope] = []] = AZURE;
    assert.ok(scope !== undefined);
    assert.deepEqual(generateAll([scope, scope], TARGET).trustPolicy, generate({ ...scope, ...TARGET }).trustPolicy);
  });

  it('refuses an empty list of scopes', () => {
    assert.throws(() => generateAll([], TARGET), /scopes is empty/);
  });

  it('refuses scopes of two identity providers', () => {
    const scopes = [BITBUCKET, AZURE].flatMap((cases) => cases.slice(0, 1).map(([scope]) => scope));
    assert.throws(
      () => generateAll(scopes, TARGET),
      /scopes\[1\] has another identity provider, https:\/\/vstoken\.dev\.azure\.com\//,
    );
  });

  it('names all problems of all scopes', () => {
    const scopes = ['x', REPOSITORY, '*'].map((repositoryUuid) => ({ ...WORKSPACE_FIELDS, repositoryUuid }));
    assert.throws(
      () => generateAll(scopes, TARGET),
      (error) => {
        assert.ok(error instanceof ScopeError);
        assert.deepEqual(
          error.problems.map(({ field }) => field),
          ['scopes[0].repositoryUuid', 'scopes[2].repositoryUuid'],
        );
        return true;
      },
    );
  });

  it('rethrows an error that is not a problem of a scope', () => {
    const scope = {
      ...WORKSPACE_FIELDS,
      get repositoryUuid(): string {
        throw new TypeError('not readable');
      },
    };
    assert.throws(() => generateAll([scope], TARGET), /not readable/);
  });

  it('notes that a policy is longer than the default quota', () => {
    const scopes = Array.from({ length: 40 }, (_, index) => ({
      ...ORGANIZATION_FIELDS,
      pipeline: `deploy-service-${index}-to-production`,
    }));
    assert.match(
      generateAll(scopes, TARGET).notes.at(-1) ?? '',
      /^The trust policy has \d{4} characters; IAM accepts 2048/,
    );
  });
});

describe('permissionPolicy', () => {
  it('keeps references of a template unchanged, and checks other values', () => {
    const target = { account: '${Account}', isReference: (value: string) => value.startsWith('${') };
    const policy = permissionPolicy([{ preset: 'ecr-push', region: '${Region}', repository: 'acme/shop' }], target);
    assert.equal(policy.Statement.at(-1)?.Resource, 'arn:aws:ecr:${Region}:${Account}:repository/acme/shop');
    assert.throws(
      () => permissionPolicy([{ preset: 'ecr-push', region: '*', repository: '${Repository}' }], target),
      /permissions\[0\]\.region must be a region such as eu-central-1\.$/,
    );
  });
});
