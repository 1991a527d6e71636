import assert from 'node:assert/strict';
import type { Environment, Failure } from '@aws-oidc-assume/shared';
import { azurePipelines } from '../../src/azure-pipelines/definition.ts';
import { answer, LIMITS, runtimeThatAnswers, tokenText } from '../support.ts';

const JOB = 'x/_apis/distributedtask/hubs/build/plans/p/jobs/j/oidctoken';
const SERVICES = 'https://dev.azure.com/acme/';

async function ask(env: Environment) {
  const { requests, runtime } = runtimeThatAnswers(answer(200, JSON.stringify({ oidcToken: tokenText({}) })));
  const job = azurePipelines.job({
    env: { SYSTEM_ACCESSTOKEN: 'access', ...env },
    options: {},
    runtime: () => runtime,
  });
  const refusal = await job.identityToken(LIMITS).then(
    () => undefined,
    (error: Failure) => error,
  );
  return { sentRequests: requests.length, refusal };
}

describe('the access token of a script of Azure Pipelines', () => {
  const sentCases: { name: string; env: Environment }[] = [
    { name: 'Azure DevOps Services', env: { SYSTEM_OIDCREQUESTURI: `${SERVICES}${JOB}` } },
    {
      name: 'the older host name of the organization',
      env: {
        SYSTEM_OIDCREQUESTURI: `https://acme.visualstudio.com/${JOB}`,
        SYSTEM_COLLECTIONURI: 'https://acme.visualstudio.com/',
      },
    },
    {
      name: 'the server that the agent names',
      env: {
        SYSTEM_OIDCREQUESTURI: `https://tfs.example.com:8443/tfs/${JOB}`,
        ENDPOINT_URL_SYSTEMVSSCONNECTION: 'https://tfs.example.com:8443/tfs/',
      },
    },
    {
      name: 'the server of a local emulator',
      env: {
        SYSTEM_OIDCREQUESTURI: `http://127.0.0.1:8080/acme/${JOB}`,
        ENDPOINT_URL_SYSTEMVSSCONNECTION: 'http://127.0.0.1:8080/acme/',
      },
    },
  ];
  for (const { name, env } of sentCases) {
    it(`goes to ${name}`, async () => {
      assert.deepEqual(await ask(env), { sentRequests: 1, refusal: undefined });
    });
  }

  it('must be mapped by the author of the pipeline', async () => {
    const { sentRequests, refusal } = await ask({ SYSTEM_OIDCREQUESTURI: `${SERVICES}${JOB}`, SYSTEM_ACCESSTOKEN: '' });
    assert.deepEqual([sentRequests, refusal?.code], [0, 'TokenUnavailable']);
    assert.match(refusal?.details.changes?.join('\n') ?? '', /SYSTEM_ACCESSTOKEN: \$\(System\.AccessToken\)/);
  });

  const EVIL = `https://evil.example.com/acme/${JOB}`;
  const refused: { name: string; env: Environment }[] = [
    { name: 'another host', env: { SYSTEM_OIDCREQUESTURI: EVIL, SYSTEM_COLLECTIONURI: SERVICES } },
    {
      name: 'another host that an earlier step also set as the server',
      env: { SYSTEM_OIDCREQUESTURI: EVIL, SYSTEM_COLLECTIONURI: 'https://evil.example.com/acme/' },
    },
    {
      name: 'another host by the older name of that variable',
      env: { SYSTEM_OIDCREQUESTURI: EVIL, SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: 'https://evil.example.com/acme/' },
    },
    {
      name: 'a listener on this machine',
      env: { SYSTEM_OIDCREQUESTURI: `http://127.0.0.1:8080/acme/${JOB}`, SYSTEM_COLLECTIONURI: SERVICES },
    },
    {
      name: 'a listener on this machine that an earlier step also set as the server',
      env: {
        SYSTEM_OIDCREQUESTURI: `http://127.0.0.1:8080/acme/${JOB}`,
        SYSTEM_COLLECTIONURI: 'http://127.0.0.1:8080/acme/',
      },
    },
    {
      name: 'a listener on this machine when the agent names another server',
      env: {
        SYSTEM_OIDCREQUESTURI: `http://127.0.0.1:8080/acme/${JOB}`,
        SYSTEM_COLLECTIONURI: 'http://127.0.0.1:8080/acme/',
        ENDPOINT_URL_SYSTEMVSSCONNECTION: SERVICES,
      },
    },
    {
      name: 'another port of an organization',
      env: {
        SYSTEM_OIDCREQUESTURI: `https://acme.visualstudio.com:8443/${JOB}`,
        SYSTEM_COLLECTIONURI: 'https://acme.visualstudio.com:8443/',
      },
    },
    {
      name: 'a dev tunnel',
      env: {
        SYSTEM_OIDCREQUESTURI: `https://evil-1.usw2.rel.tunnels.api.visualstudio.com/${JOB}`,
        SYSTEM_COLLECTIONURI: 'https://evil-1.usw2.rel.tunnels.api.visualstudio.com/',
      },
    },
    { name: 'another call of Azure DevOps', env: { SYSTEM_OIDCREQUESTURI: `${SERVICES}shop/_apis/pipelines/5/runs` } },
  ];
  for (const { name, env } of refused) {
    it(`does not go to ${name}`, async () => {
      const { sentRequests, refusal } = await ask(env);
      assert.equal(sentRequests, 0);
      assert.equal(refusal?.code, 'InvalidOptions');
      assert.match(refusal?.message ?? '', /^SYSTEM_OIDCREQUESTURI /);
    });
  }
});
