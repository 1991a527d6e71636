import assert from 'node:assert/strict';
import { SCRIPT_WORDS, TASK_WORDS } from '../../src/azure-pipelines/advice.ts';
import { tokenRequestUrl } from '../../src/azure-pipelines/token-url.ts';

const HOME = 'https://dev.azure.com/acme/';
const LOCAL = 'http://127.0.0.1:8080/acme/';
const JOB = '_apis/distributedtask/hubs/build/plans/p/jobs/j/oidctoken';

describe('the address of the token request', () => {
  const allowed = [
    { name: 'Azure DevOps Services', uri: `https://dev.azure.com/acme/x/${JOB}` },
    { name: 'its token service', uri: `https://vstoken.dev.azure.com/acme/${JOB}` },
    { name: 'the older names of organizations', uri: `https://acme.visualstudio.com/shop/${JOB}` },
    { name: 'their release management', uri: `https://acme.vsrm.visualstudio.com/shop/${JOB}` },
    {
      name: 'the organization by the name it had at first',
      uri: `https://acme.visualstudio.com/x/${JOB}`,
      server: 'https://Acme.visualstudio.com/',
    },
    {
      name: 'the server of the job',
      uri: `https://tfs.example.com:8443/tfs/x/${JOB}`,
      server: 'https://tfs.example.com:8443/',
    },
    { name: 'that server on this machine, in the clear', uri: `http://127.0.0.1:8080/acme/${JOB}`, server: LOCAL },
    {
      name: 'a host that the pipeline names',
      uri: `https://proxy.example.com/x/${JOB}`,
      moreHosts: ['proxy.example.com'],
    },
    { name: 'with its port', uri: `https://proxy.example.com:8443/x/${JOB}`, moreHosts: ['proxy.example.com:8443'] },
  ];
  for (const { name, uri, server = HOME, moreHosts = [] } of allowed) {
    it(`may be ${name}`, () => {
      assert.equal(tokenRequestUrl({ uri, server, moreHosts }, TASK_WORDS).href, uri);
    });
  }

  it('is that of this job', () => {
    const hosts = { uri: `https://dev.azure.com/acme/x/${JOB}`, server: HOME, moreHosts: [] };
    assert.ok(tokenRequestUrl({ ...hosts, planId: 'P', jobId: 'J' }, TASK_WORDS));
    for (const ids of [{ planId: 'other' }, { jobId: 'other' }, { planId: 'p', jobId: '' }]) {
      assert.throws(() => tokenRequestUrl({ ...hosts, ...ids }, TASK_WORDS), {
        code: 'InvalidOptions',
        message: /belongs to plan p, job j, not to this job/,
      });
    }
  });

  const refused = [
    { name: 'a host of another name', uri: 'https://example.com/', says: /points to example\.com/ },
    { name: 'a name that ends alike', uri: 'https://evildev.azure.com/', says: /neither/ },
    { name: 'a name that begins alike', uri: 'https://dev.azure.com.example.com/', says: /neither/ },
    { name: 'another organization', uri: `https://evil.visualstudio.com/x/${JOB}`, says: /neither/ },
    {
      name: "somebody's dev tunnel",
      uri: `https://evil-1.usw2.rel.tunnels.api.visualstudio.com/x/${JOB}`,
      says: /neither/,
    },
    { name: 'an organization below ours', uri: `https://evil.acme.visualstudio.com/x/${JOB}`, says: /neither/ },
    {
      name: 'the names of no organization',
      uri: `https://.visualstudio.com/x/${JOB}`,
      server: 'https://dev.azure.com/',
      says: /not spelled plainly/,
    },
    {
      name: 'an organization called like the folder of a server elsewhere',
      uri: `https://tfs.visualstudio.com/x/${JOB}`,
      server: 'https://tfs.example.com/tfs/',
      says: /neither/,
    },
    {
      name: 'another call of the server of the job',
      uri: 'https://dev.azure.com/acme/shop/_apis/pipelines/5/runs',
      says: /not the address of a token request/,
    },
    {
      name: 'a call that only begins like it',
      uri: `https://dev.azure.com/acme/${JOB}/more`,
      says: /not the address of a token request/,
    },
    { name: 'visualstudio.com itself', uri: 'https://visualstudio.com/', says: /neither/ },
    { name: 'another port', uri: 'https://dev.azure.com:8443/', says: /neither/ },
    { name: 'plain http', uri: 'http://dev.azure.com/', says: /not https/ },
    {
      name: 'plain http of a named host',
      uri: 'http://proxy.example.com/',
      moreHosts: ['proxy.example.com'],
      says: /not https/,
    },
    {
      name: 'plain http of the server elsewhere',
      uri: 'http://tfs.example.com/',
      server: 'http://tfs.example.com/',
      says: /not https/,
    },
    {
      name: 'another program of this machine',
      uri: 'http://127.0.0.1:9999/',
      server: LOCAL,
      says: /not https: .* only if the job's server, ENDPOINT_URL_SYSTEMVSSCONNECTION, is that same address/,
    },
    { name: 'a user in the address', uri: 'https://me@dev.azure.com/', says: /user or a password/ },
    { name: 'another scheme', uri: 'file:///etc/passwd', says: /not https/ },
    { name: 'no address at all', uri: 'oidctoken', says: /not a URL/ },
    {
      name: 'a token request with a query, which could name another connection',
      uri: `https://dev.azure.com/acme/${JOB}?serviceConnectionId=11111111-2222-3333-4444-555555555555`,
      says: /has a query or a fragment/,
    },
    { name: 'an unknown server', uri: 'https://example.com/', server: undefined, says: /\(unknown\)/ },
    {
      name: 'the server of a visualstudio.com name with more labels',
      uri: `https://b.acme.visualstudio.com/x/${JOB}`,
      server: 'https://a.acme.visualstudio.com/',
      says: /neither/,
    },
  ];
  for (const { name, uri, says, moreHosts = [], ...more } of refused) {
    it(`may not be ${name}`, () => {
      const server = 'server' in more ? more.server : HOME;
      assert.throws(() => tokenRequestUrl({ uri, server, moreHosts }, TASK_WORDS), says);
    });
  }

  for (const { name, words, says } of [
    { name: 'the task', words: TASK_WORDS, says: /^System\.OidcRequestUri points to[\s\S]*input tokenHosts$/ },
    { name: 'a script', words: SCRIPT_WORDS, says: /^SYSTEM_OIDCREQUESTURI points to[\s\S]*An earlier step may have/ },
  ]) {
    it(`is refused with the names of ${name}`, () => {
      const uri = `https://example.com/x/${JOB}`;
      assert.throws(() => tokenRequestUrl({ uri, server: HOME, moreHosts: [] }, words), { message: says });
    });
  }
});
