import assert from 'node:assert/strict';
import { type Environment, IdentityToken, type RunIdentity } from '@aws-oidc-assume/shared';
import { CI_SYSTEMS, ciSystemById, detectCiSystem, plainTokenJob, sessionRun } from '../src/index.ts';
import { answer, LIMITS, runtimeThatAnswers, tokenText } from './support.ts';

interface Example {
  readonly env: Environment;
  readonly run: RunIdentity;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly runOfClaims: RunIdentity;
}

const BITBUCKET_ISSUER = 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
const STEP = '1f0c9a2b-1111-4222-8333-444455556666';
const REPOSITORY = 'b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22';

/** A job and a token of each system. A system without an example fails the first test. */
const EXAMPLES: Readonly<Record<string, Example>> = {
  bitbucket: {
    env: {
      BITBUCKET_BUILD_NUMBER: '42',
      BITBUCKET_WORKSPACE: 'acme',
      BITBUCKET_REPO_SLUG: 'shop',
      BITBUCKET_STEP_UUID: `{${STEP}}`,
      BITBUCKET_BRANCH: 'main',
    },
    run: { system: 'bitbucket', owner: 'acme', repository: 'shop', build: '42', step: STEP, branch: 'main' },
    claims: {
      iss: BITBUCKET_ISSUER,
      sub: `{${REPOSITORY}}:{${STEP}}`,
      pipelineUuid: '{0d9e8f7a-0000-4000-8000-000000000000}',
    },
    runOfClaims: { system: 'bitbucket', owner: 'acme', repository: REPOSITORY, build: '0d9e8f7a', step: STEP },
  },
  azure: {
    env: {
      TF_BUILD: 'True',
      SYSTEM_COLLECTIONURI: 'https://dev.azure.com/acme/',
      SYSTEM_TEAMPROJECT: 'shop',
      BUILD_BUILDID: '4711',
      SYSTEM_JOBID: 'j',
      BUILD_SOURCEBRANCH: 'refs/tags/main',
    },
    run: { system: 'azure', owner: 'acme', repository: 'shop', build: '4711', step: 'j' },
    claims: {
      iss: 'https://vstoken.dev.azure.com/66666666-7777-4888-8999-000000000000',
      sub: 'sc://acme/shop/aws-deploy',
      run_id: 4711,
    },
    runOfClaims: { system: 'azure', owner: 'acme', repository: 'shop', build: '4711', step: '' },
  },
  github: {
    env: {
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_RUN_ID: '77',
      GITHUB_REF: 'refs/heads/feature/main',
      GITHUB_REF_NAME: 'main',
    },
    run: { system: 'github', owner: 'acme', repository: 'shop', build: '77', step: '', branch: 'feature/main' },
    claims: {
      iss: 'https://token.actions.githubusercontent.com',
      sub: 'repo:acme/shop:ref:refs/heads/main',
      run_id: '77',
    },
    runOfClaims: { system: 'github', owner: 'acme', repository: 'shop', build: '77', step: '' },
  },
};

describe('each CI system', () => {
  it('has an example in this test', () => {
    assert.deepEqual(
      CI_SYSTEMS.map(({ id }) => id),
      Object.keys(EXAMPLES),
    );
  });

  for (const [id, { env, run, claims, runOfClaims }] of Object.entries(EXAMPLES)) {
    describe(id, () => {
      const system = ciSystemById(id);

      it('is detected by its own variables only', () => {
        assert.equal(detectCiSystem(env), system);
        const detecting = CI_SYSTEMS.filter((other) => other.detect(env));
        assert.deepEqual(detecting, [system]);
      });

      it('names the run of the job', () => {
        const job = system?.job({ env, options: {}, runtime: () => assert.fail('no request was expected') });
        assert.deepEqual(job?.run(IdentityToken.parse(tokenText(claims))).identity, run);
        assert.equal(job?.name, system?.name);
      });

      it('explains how to get a token if the job has none', async () => {
        const { requests, runtime } = runtimeThatAnswers(answer(200, '{}'));
        const job = system?.job({ env, options: {}, runtime: () => runtime });
        await assert.rejects(async () => job?.identityToken(LIMITS), { code: 'TokenUnavailable' });
        assert.equal(requests.length, 0);
      });

      it('names the run of its tokens and of no other', () => {
        const token = IdentityToken.parse(tokenText(claims));
        const runs = CI_SYSTEMS.map((other) => other.runIdentityFromClaims(token)).filter((one) => one !== undefined);
        assert.deepEqual(runs, [runOfClaims]);
        assert.deepEqual(plainTokenJob(token.reveal(), 'a file').run(token).identity, runOfClaims);
      });
    });
  }

  it('names an empty run in an empty environment', () => {
    for (const system of CI_SYSTEMS) {
      const job = system.job({ env: {}, options: {}, runtime: () => assert.fail('no request was expected') });
      const { identity } = job.run(IdentityToken.parse(tokenText({})));
      assert.deepEqual(identity, { system: system.id, owner: '', repository: '', build: '', step: '' });
    }
  });

  it('has no environment outside of CI', () => {
    assert.equal(detectCiSystem({ PATH: '/bin' }), undefined);
  });
});

describe('the run behind a session name', () => {
  for (const { name, url } of [
    { name: 'bitbucket,acme,shop,42,1f0c9a2b', url: 'https://bitbucket.org/acme/shop/pipelines/results/42' },
    { name: 'azure,acme,shop,4711,12f1170f', url: 'https://dev.azure.com/acme/shop/_build/results?buildId=4711' },
    { name: 'github,acme,shop,987654', url: 'https://github.com/acme/shop/actions/runs/987654' },
    { name: 'gitlab,acme,shop,1', url: undefined },
    { name: 'github,acme,,1', url: undefined },
    { name: 'bitbucket,acme,a-repository-whose-name-goes-on-and..,42,1f0c9a2b', url: undefined },
    { name: 'bitbucket,acme,b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22,0d9e8f7a', url: undefined },
    { name: 'bitbucket,acme,b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22,12345678', url: undefined },
  ]) {
    it(`${name} has ${url ?? 'no page'}`, () => {
      assert.equal(sessionRun(name)?.url, url);
    });
  }

  it('is undefined for a name that this project did not make', () => {
    assert.equal(sessionRun('GitHubActions'), undefined);
  });
});
