import assert from 'node:assert/strict';
import { exposed, Jobs, LOCKED_ROLE, startEmulator } from './support.ts';

type Fault = Parameters<Jobs['emulator']['control']['setFaults']>[0][number]['fault'];

const PAGE = '<!DOCTYPE html><html><head><title>Sign In</title></head></html>';
const UNAUTHORIZED = JSON.stringify({
  $id: '1',
  innerException: null,
  message: "TF400813: The user '' is not authorized to access this resource.",
  typeKey: 'UnauthorizedRequestException',
});
const NO_REFERENCE =
  'There is no explicit reference to service connection 8c7b6a59-4837-4261-8504-f3e2d1c0b999 from current stage Deploy.deploy.__default.';

interface Case {
  readonly name: string;
  readonly fault: Fault;
  readonly code: string;
  readonly says: RegExp;
  /** Number of requests. 1 means that a refusal is not retried. */
  readonly attempts: number;
}

const CASES: readonly Case[] = [
  {
    name: '401',
    fault: { status: 401, body: UNAUTHORIZED },
    code: 'TokenRequestRefused',
    says: /TF400813: The user '' is not authorized/,
    attempts: 1,
  },
  {
    name: '203 with the sign-in page',
    fault: { status: 203, body: PAGE },
    code: 'TokenRequestRefused',
    says: /a web page, most likely a sign-in page.* \(HTTP 203\)/,
    attempts: 1,
  },
  {
    name: '302 to the sign-in page',
    fault: { status: 302, headers: { location: 'https://example.com/_signin' } },
    code: 'TokenRequestRefused',
    says: /HTTP 302/,
    attempts: 1,
  },
  {
    name: '404',
    fault: { status: 404, body: JSON.stringify({ message: 'No job found with identifier 7.' }) },
    code: 'TokenRequestRefused',
    says: /No job found with identifier 7\.[\s\S]*System\.OidcRequestUri does not belong to the running job/,
    attempts: 1,
  },
  {
    name: 'a refusal as a string in value',
    fault: { status: 400, body: JSON.stringify({ count: 151, value: NO_REFERENCE }) },
    code: 'TokenRequestRefused',
    says: /There is no explicit reference to service connection[\s\S]*Name the connection in the input serviceConnection of/,
    attempts: 1,
  },
  {
    name: 'a refusal as an object in value',
    fault: {
      status: 405,
      body: JSON.stringify({ count: 1, value: { Message: "does not support http method 'POST'" } }),
    },
    code: 'TokenRequestRefused',
    says: /does not support http method 'POST'/,
    attempts: 1,
  },
  {
    name: '429 with Retry-After',
    fault: { status: 429, headers: { 'retry-after': '1' }, body: '{"message":"Request was blocked."}' },
    code: 'Throttled',
    says: /Request was blocked/,
    attempts: 2,
  },
  {
    name: '429 with a Retry-After beyond the time limit',
    fault: { status: 429, headers: { 'retry-after': '3600' } },
    code: 'Throttled',
    says: /HTTP 429/,
    attempts: 1,
  },
  {
    name: '500',
    fault: { status: 500, body: '{"message":"An unexpected error occurred."}' },
    code: 'ServiceFault',
    says: /An unexpected error occurred.* \(HTTP 500\)/,
    attempts: 2,
  },
  {
    name: 'an empty answer',
    fault: { status: 200, body: '' },
    code: 'ServiceFault',
    says: /an empty answer/,
    attempts: 2,
  },
  {
    name: 'a null token',
    fault: { status: 200, body: '{"oidcToken":null}' },
    code: 'ServiceFault',
    says: /an answer without a token/,
    attempts: 2,
  },
  {
    name: 'an empty token',
    fault: { status: 200, body: '{"oidcToken":""}' },
    code: 'ServiceFault',
    says: /an answer without a token/,
    attempts: 2,
  },
  {
    name: 'a good status with a web page',
    fault: { status: 200, body: PAGE },
    code: 'UnexpectedAnswer',
    says: /a web page/,
    attempts: 1,
  },
  {
    name: 'a token that is none',
    fault: { status: 200, body: '{"oidcToken":"abc"}' },
    code: 'TokenMalformed',
    says: /1 part between dots[\s\S]*Run the job again[\s\S]*\(HTTP 200\)/,
    attempts: 1,
  },
  { name: 'a reset', fault: { dropConnection: 'before' }, code: 'Unreachable', says: /ECONNRESET/, attempts: 2 },
  {
    name: 'a cut answer',
    fault: { dropConnection: 'mid-body' },
    code: 'Unreachable',
    says: /ECONNRESET|aborted/,
    attempts: 2,
  },
  { name: 'silence', fault: { hang: true }, code: 'TimedOut', says: /time limit/, attempts: 1 },
];

describe('the token endpoint of Azure DevOps without a token', () => {
  let jobs: Jobs;

  before(async () => {
    jobs = new Jobs(await startEmulator(), 'Node20_1');
  });
  after(() => jobs?.close());
  beforeEach(() => jobs.emulator.control.clearRequests());
  afterEach(async () => {
    await jobs.emulator.control.clearFaults();
    await jobs.finish();
  });

  for (const { name, fault, code, says, attempts } of CASES) {
    it(`${name}: ${code}, and later steps have no credentials, new or old`, async () => {
      jobs.start();
      await jobs.assume();
      await jobs.emulator.control.clearRequests();
      await jobs.emulator.control.setFaults([{ match: { endpoint: 'azure-token' }, fault }]);
      const result = await jobs.run(
        { maxAttempts: '2', timeoutSeconds: code === 'TimedOut' ? '2' : '20' },
        { name: 'again' },
      );
      const log = result.log.join('\n');
      assert.equal(result.result, 'Failed');
      assert.equal(result.exitCode, 0);
      assert.ok(
        result.issues.some(({ type, message }) => type === 'error' && message.startsWith(`${code}: `)),
        log,
      );
      assert.match(log.replaceAll('##[error]', ''), says);
      assert.equal(await jobs.calls('azure-token'), attempts);
      assert.equal(await jobs.calls('sts'), 0);
      assert.deepEqual(exposed(result), []);
      assert.deepEqual(await jobs.says('echo "${AWS_ACCESS_KEY_ID:-none}${AWS_SESSION_TOKEN:-none}"'), ['nonenone']);
    });
  }

  for (const { name, fault } of CASES.filter(({ attempts }) => attempts > 1)) {
    it(`is asked again after ${name}, and can recover`, async () => {
      jobs.start();
      await jobs.emulator.control.setFaults([{ match: { endpoint: 'azure-token', times: 1 }, fault }]);
      const result = await jobs.assume();
      assert.match(result.log.join('\n'), /^Token request: try 1 of 5 failed/m);
      assert.equal(await jobs.calls('azure-token'), 2);
    });
  }

  it('issues one new token if AWS considers the first one expired', async () => {
    jobs.start();
    await jobs.emulator.control.setFaults([
      { match: { endpoint: 'sts', times: 1 }, fault: { code: 'ExpiredTokenException' } },
    ]);
    await jobs.assume();
    assert.equal(await jobs.calls('azure-token'), 2);
  });

  it('is not followed through a redirect: the access token stays with its server', async () => {
    const other = await startEmulator();
    try {
      jobs.start();
      const location = other.ready.oidcRequestUri;
      await jobs.emulator.control.setFaults([
        { match: { endpoint: 'azure-token' }, fault: { status: 307, headers: { location } } },
      ]);
      const result = await jobs.run();
      assert.match(result.log.join('\n'), /TokenRequestRefused/);
      assert.deepEqual(await other.control.requests(), []);
    } finally {
      await other.stop();
    }
  });

  const otherAddresses = [
    {
      name: 'another machine',
      uri: 'https://example.com/oidctoken',
      says: /points to example\.com, which is neither the server of this job/,
    },
    { name: 'plain http', uri: 'http://dev.azure.com/acme/oidctoken', says: /not https/ },
    { name: 'another program of this machine', uri: 'http://127.0.0.1:9/oidctoken', says: /not https/ },
    {
      name: 'a look-alike',
      uri: 'https://dev.azure.com.example.com/oidctoken',
      says: /neither the server of this job/,
    },
    { name: 'no address', uri: 'oidctoken', says: /not a URL/ },
  ];
  for (const { name, uri, says } of otherAddresses) {
    it(`is not asked if an earlier step changed it to ${name}`, async () => {
      jobs.start();
      await jobs.agent.runScript(`echo "##vso[task.setvariable variable=System.OidcRequestUri]${uri}"`);
      const result = await jobs.run();
      assert.equal(result.result, 'Failed');
      assert.match(result.log.join('\n'), says);
      assert.match(result.log.join('\n'), /System\.OidcRequestUri/);
    });
  }

  it('is asked only for a token, however an earlier step changed the address', async () => {
    jobs.start();
    const runs = new URL('/acme/shop/_apis/pipelines/5/runs', jobs.emulator.ready.oidcRequestUri);
    await jobs.agent.runScript(`echo "##vso[task.setvariable variable=System.OidcRequestUri]${runs.href}"`);
    const result = await jobs.run();
    assert.equal(result.result, 'Failed');
    assert.match(
      result.log.join('\n'),
      /System\.OidcRequestUri is .*pipelines\/5\/runs, not the address of a token request/,
    );
    assert.equal((await jobs.emulator.control.requests()).length, 0);
  });

  it('is not retried after AWS refuses the role', async () => {
    jobs.start();
    const result = await jobs.run({ roleArn: LOCKED_ROLE });
    assert.match(result.log.join('\n'), /AccessDenied, .*HTTP 403/);
    assert.equal(await jobs.calls('azure-token'), 1);
  });
});
