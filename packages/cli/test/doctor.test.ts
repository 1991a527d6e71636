import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { IdentityToken } from '@aws-oidc-assume/shared';
import { assertWording } from '../../../test/messages/wording.ts';
import {
  answer,
  assumed,
  BITBUCKET,
  bitbucketStep,
  type HttpAnswer,
  type HttpRequest,
  NOW,
  ROLE,
  runCli as runCommandLine,
  SECRET_KEY,
  SESSION_TOKEN,
} from './support.ts';

const KEYS_URL = `${BITBUCKET.iss}/keys.json`;

/** Checks of the last run, for docs/messages.md. */
let lastLines: readonly string[] = [];

async function runCli(...parameters: Parameters<typeof runCommandLine>): ReturnType<typeof runCommandLine> {
  const run = await runCommandLine(...parameters);
  const isJson = run.stdout.startsWith('{');
  lastLines = isJson ? JSON.parse(run.stdout).checks.map(checkText) : `${run.stdout}${run.stderr}`.trim().split('\n');
  return run;
}

function checkText({ status, name, message, fix }: Record<'status' | 'name' | 'message' | 'fix', string | undefined>) {
  return `${status} ${name}: ${message}${fix === undefined ? '' : ` → ${fix}`}`;
}

interface Issuer {
  readonly jwk: Record<string, unknown>;
  token(header?: Record<string, unknown>, claims?: Record<string, unknown>): IdentityToken;
}

function issuerWith(alg: 'RS256' | 'ES256'): Issuer {
  const { publicKey, privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig' },
    token: (header = {}, claims = {}) =>
      signed({ alg, kid: 'key-1', ...header }, { ...BITBUCKET, ...claims }, privateKey),
  };
}

function signed(header: object, claims: object, key: KeyObject): IdentityToken {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return IdentityToken.parse(`${text}.${signature.toString('base64url')}`);
}

const discovery = (members: Record<string, unknown> = {}) =>
  answer(200, { issuer: BITBUCKET.iss, jwks_uri: KEYS_URL, ...members });

describe('doctor', () => {
  afterEach(function () {
    if (this.currentTest?.state === 'passed') assertWording('Lines of doctor', this.currentTest.title, lastLines);
  });

  const sts = (): HttpAnswer => answer(403, '<Code>MissingAuthenticationToken</Code>', { date: NOW.toUTCString() });

  it('continues without a token, and fails', async () => {
    const { status, stdout } = await runCli(['doctor', '--region', 'eu-west-1'], {
      env: { NO_COLOR: '1' },
      answers: [sts],
    });
    assert.equal(status, 1);
    assert.match(stdout, /^fail token +TokenUnavailable: This is not a job of[^\n]*\n +→ Run it in a CI job/);
    assert.match(stdout, /^ok {3}sts +https:\/\/sts\.eu-west-1\.amazonaws\.com answers$/m);
    assert.match(stdout, /^ok {3}environment/m);
  });

  const issuer = issuerWith('RS256');
  const STEP = { ...bitbucketStep(), BITBUCKET_STEP_OIDC_TOKEN: issuer.token().reveal() };
  const ROLE_OPTIONS = ['--role-arn', ROLE, '--region', 'eu-west-1'];

  /** Runs doctor in a step of Bitbucket Pipelines. STS answers an exchange like this. */
  async function diagnose(args: readonly string[], exchange: (request: HttpRequest) => HttpAnswer = assumed) {
    const run = await runCli(['doctor', '--json', ...args], {
      env: STEP,
      answers: [(request) => route(request, exchange)],
    });
    const { checks } = JSON.parse(run.stdout);
    const rows = checks.map((check: { status: string; name: string }) => `${check.status} ${check.name}`);
    return { ...run, checks, rows };
  }

  const TOKEN_ROWS = ['ok token', 'ok discovery', 'ok keys', 'ok signature'];

  it('assumes the role, drops the credentials and prints JSON', async () => {
    const { status, stdout, rows, context } = await diagnose(ROLE_OPTIONS);
    assert.deepEqual(rows, [
      ...TOKEN_ROWS,
      'ok proxy',
      'ok sts',
      'ok clock',
      'ok provider',
      'ok role',
      'ok environment',
    ]);
    assert.equal(status, 0);
    assert.ok(!stdout.includes(SECRET_KEY) && !stdout.includes(SESSION_TOKEN));
    assert.ok(context.masked.some((secret) => secret.reveal() === SECRET_KEY));
  });

  it('checks nothing that only the role can prove with --no-assume', async () => {
    const { status, rows, checks, context } = await diagnose([...ROLE_OPTIONS, '--no-assume']);
    assert.deepEqual(rows.slice(-3), ['skip provider', 'skip role', 'ok environment']);
    assert.equal(checks.at(-2).message, 'not checked: --no-assume');
    assert.equal(status, 0);
    assert.ok(context.requests.every(({ body }) => !body?.includes('AssumeRole')));
  });

  it('fails for a role without a region', async () => {
    const { status, rows } = await diagnose(['--role-arn', ROLE]);
    assert.deepEqual(rows.slice(-5), ['skip sts', 'skip provider', 'fail region', 'skip role', 'ok environment']);
    assert.equal(status, 1);
  });

  it('checks the token of a role in an account that is not allowed', async () => {
    const { status, rows } = await diagnose([...ROLE_OPTIONS, '--allowed-account-ids', '111111111111']);
    assert.deepEqual(rows.slice(0, 4), TOKEN_ROWS);
    assert.deepEqual(rows.slice(-4), ['skip provider', 'fail account', 'skip role', 'ok environment']);
    assert.equal(status, 1);
  });

  it('blames the signature rather than the provider if it is wrong', async () => {
    const other = issuerWith('RS256');
    const run = await runCli(['doctor', '--json', ...ROLE_OPTIONS], {
      env: { ...STEP, BITBUCKET_STEP_OIDC_TOKEN: other.token().reveal() },
      answers: [(request) => route(request, notValidated)],
    });
    const { checks } = JSON.parse(run.stdout);
    const failed = checks.filter(({ status }: { status: string }) => status === 'fail');
    assert.deepEqual(
      failed.map(({ name }: { name: string }) => name),
      ['signature'],
    );
    assert.equal(
      failed[0].message,
      "IdentityTokenNotValidated: the signature of the token (RS256) is not by the issuer's key",
    );
    assert.ok(failed[0].facts.some((fact: string) => fact.startsWith('AWS said:')));
  });

  it('blames the provider, not an issuer that only this machine cannot reach', async () => {
    const run = await runCli(['doctor', '--json', ...ROLE_OPTIONS], {
      env: STEP,
      answers: [
        (request) => (request.url.hostname.startsWith('sts.') ? route(request, notValidated) : answer(503, '')),
      ],
    });
    const { checks } = JSON.parse(run.stdout);
    const rows = checks.map((check: { status: string; name: string }) => `${check.status} ${check.name}`);
    assert.ok(rows.includes('warn discovery') && rows.includes('fail provider'), rows.join('\n'));
    const { message, change } = checks.find(({ name }: { name: string }) => name === 'provider');
    assert.match(message, /^IdentityTokenNotValidated: AWS could not validate the token: account 123456789012 has no/);
    assert.match(
      change,
      /aws iam create-open-id-connect-provider[\s\S]*aws iam add-client-id-to-open-id-connect-provider/,
    );
    assert.equal(run.status, 1);
  });

  it('calls faults that only this machine sees warnings once AWS has admitted the token', async () => {
    const { status, stdout } = await runCli(['doctor', '--json', ...ROLE_OPTIONS], {
      env: STEP,
      answers: [(request) => (request.url.hostname.startsWith('sts.') ? assumed(request) : answer(503, ''))],
    });
    const rows = JSON.parse(stdout).checks.map((one: { status: string; name: string }) => `${one.status} ${one.name}`);
    assert.ok(rows.includes('warn discovery') && rows.includes('ok role'));
    assert.equal(status, 0);
  });

  it('reports that STS was not checked without a region', async () => {
    const { stdout } = await runCli(['doctor'], { answers: [sts] });
    assert.match(stdout, /^skip sts +not checked: no region is given/m);
  });

  for (const { args, env, expected } of [
    { args: ['--sts-endpoint', 'nowhere'], expected: /--sts-endpoint is "nowhere", which is not a URL/ },
    { args: ['--sts-endpoint', 'ftp://sts.example.com'], expected: /--sts-endpoint is "ftp:.*", which is not https/ },
    { args: ['--sts-endpoint', 'http://sts.example.com'], expected: /--sts-endpoint is "http:.*", which is not https/ },
    { args: ['--region', 'elsewhere.example/'], expected: /--region is "elsewhere.example\/", not the name of an AWS/ },
    { args: [], env: { AWS_REGION: '$REGION' }, expected: /AWS_REGION is \$REGION: that variable isn't defined/ },
  ]) {
    it(`refuses, like the exchange, ${[...args, ...Object.values(env ?? {})].join(' ')}`, async () => {
      const { status, stderr, context } = await runCli(['doctor', ...args], { env: env ?? {} });
      assert.equal(status, 2);
      assert.match(stderr, expected);
      assert.deepEqual(context.requests, []);
    });
  }

  function route(request: HttpRequest, exchange: (request: HttpRequest) => HttpAnswer): HttpAnswer {
    const { url, body = '' } = request;
    if (url.hostname.startsWith('sts.')) {
      const reply = body.includes('AssumeRole') ? exchange(request) : sts();
      return { ...reply, headers: { date: NOW.toUTCString(), 'x-amzn-requestid': 'req-1', ...reply.headers } };
    }
    return url.href === KEYS_URL ? answer(200, { keys: [issuer.jwk] }) : discovery();
  }

  function notValidated(): HttpAnswer {
    const message = 'The web identity token provided could not be validated. See the documentation.';
    return answer(
      400,
      `<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
  }
});
