import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  AssumedCredentials,
  assumeRole,
  Failure,
  failureReport,
  IdentityToken,
  parseOptions,
} from '@aws-oidc-assume/shared';
import { fromIni } from '@aws-sdk/credential-providers';
import fc from 'fast-check';
import { refusal, ScriptedRuntime, success, tokenText } from '../../shared/test/support.ts';
import { BitbucketPipelines } from '../src/bitbucket-pipelines.ts';
import { profile } from '../src/expose/profile.ts';
import { PipeLog } from '../src/log.ts';
import { readEnvironment } from '../src/read-environment.ts';

const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const NASTY = [
  '\n',
  '\r\n',
  "'; touch owned; '",
  '$(touch owned)',
  '`touch owned`',
  '"',
  '\u001b[2J\u001b[31m',
  '\u009b31m',
  '\u001b]0;title\u0007',
  '##vso[task.setvariable variable=x]y',
  '\n##[error]',
  '\n[default]\naws_access_key_id = x',
  '\u202e\u200b',
  '{}',
  '\\',
  '\0',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 10 })), { maxLength: 5 })
  .map((parts) => parts.join(''));

describe('hostile text', () => {
  let clone: string;
  beforeEach(() => {
    clone = mkdtempSync(path.join(tmpdir(), 'hostile-'));
  });
  afterEach(() => rmSync(clone, { recursive: true }));

  /** Runs the whole flow of the pipe, and records its output line by line. */
  async function flow(env: Readonly<Record<string, string>>, runtime: ScriptedRuntime): Promise<string[]> {
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    const { raw, settings, rules } = readEnvironment(env);
    const log = new PipeLog({ out: say, err: say, isDebug: true, hasColours: false });
    try {
      await assumeRole(new BitbucketPipelines(env, settings, log, clone), raw, rules, runtime);
    } catch (error) {
      log.failure(failureReport(Failure.from(error), true));
    }
    return lines;
  }

  const environmentOf = (env: Readonly<Record<string, string>>) => ({
    AWS_OIDC_ROLE_ARN: ROLE,
    AWS_DEFAULT_REGION: 'eu-west-1',
    BITBUCKET_CLONE_DIR: clone,
    BITBUCKET_WORKSPACE: 'acme',
    BITBUCKET_REPO_SLUG: 'shop',
    BITBUCKET_BUILD_NUMBER: '7',
    BITBUCKET_STEP_UUID: '{1f0c9a2b-1111-4222-8333-444455556666}',
    ...env,
  });

  it('masks a token that is not a JSON Web Token before reporting it', async () => {
    // The report of a malformed token has these words.
    const lines = await flow(environmentOf({ BITBUCKET_STEP_OIDC_TOKEN: 'identity token' }), new ScriptedRuntime([]));
    assert.ok(lines.some((line) => line.includes('TokenMalformed')));
    assert.ok(!lines.some((line) => line.includes('identity token')), lines.join('\n'));
  });

  function assertInert(lines: readonly string[]): void {
    assert.ok(lines.length > 0);
    for (const line of lines) assert.doesNotMatch(line, /[\p{Cc}\u2028\u2029\u202e]/u, JSON.stringify(line));
  }

  it('in the names of the run results in a valid session name and a valid file', async function () {
    this.timeout(30_000);
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, hostile, async (branch, workspace, repository, build) => {
        const runtime = new ScriptedRuntime([success]);
        const env = environmentOf({
          BITBUCKET_STEP_OIDC_TOKEN: tokenText(),
          BITBUCKET_BRANCH: branch,
          BITBUCKET_REPO_SLUG: repository,
          BITBUCKET_BUILD_NUMBER: build,
          CHAIN_ROLE_ARNS: ROLE,
          CHAIN_SESSION_TAGS: 'run',
        });
        assertInert(await flow(env, runtime));
        // The token names another repository.
        assertInert(await flow({ ...env, BITBUCKET_REPO_UUID: `x${workspace}` }, new ScriptedRuntime([])));
        for (const n of [0, 1]) assert.match(runtime.form(n).get('RoleSessionName') ?? '', /^[\w+=,.@-]{2,64}$/);
        for (const [name, value] of runtime.form(1)) {
          if (/^Tags\.member\.\d+\.Value$/.test(name)) assert.match(value, /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u);
        }
        const file = readFileSync(path.join(clone, '.aws-oidc/env'), 'utf8').split('\n').slice(2, -1);
        for (const line of file)
          assert.match(
            line,
            /^(?:# Variables AWS_\*|case "\$\{AWS_ACCESS_KEY_ID-\}" in AKIA\*\) echo '[^']+' >&2 ;; esac|unset [A-Z_ ]+|export [A-Z_]+='[\w+/=.:-]+')$/,
          );
      }),
      { numRuns: 150 },
    );
  });

  it('in claims and in answers of AWS stays text, and leaves nothing behind', async function () {
    this.timeout(30_000);
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, hostile, async (subject, issuer, code, message) => {
        const escaped = (text: string) => [...text].map((one) => `&#${one.codePointAt(0)};`).join('');
        const runtime = new ScriptedRuntime([refusal(403, escaped(code) || 'AccessDenied', escaped(message))]);
        const token = tokenText({ sub: subject, iss: issuer, aud: [message] });
        assertInert(await flow(environmentOf({ BITBUCKET_STEP_OIDC_TOKEN: token }), runtime));
        assert.deepEqual(readdirSync(clone), []);
      }),
      { numRuns: 150 },
    );
  });

  it('in variables is refused as text, and nothing is sent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          'AWS_OIDC_ROLE_ARN',
          'AWS_DEFAULT_REGION',
          'ROLE_SESSION_NAME',
          'VARIABLE_PREFIX',
          'STS_ENDPOINT',
          'EXPOSE',
          'ROLES',
          'DEBUG',
        ),
        hostile.map((text) => `a${text}\u0007z`),
        async (name, value) => {
          const runtime = new ScriptedRuntime([success]);
          const lines = await flow(environmentOf({ BITBUCKET_STEP_OIDC_TOKEN: tokenText(), [name]: value }), runtime);
          assertInert(lines);
          assert.ok(lines.some((line) => line.startsWith('✖ InvalidOptions: ')));
          assert.deepEqual(runtime.requests, []);
          assert.deepEqual(readdirSync(clone), []);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('in credentials never becomes a line of an AWS file: the SDK reads the same values back', async function () {
    this.timeout(30_000);
    const word = fc.oneof(
      fc.string({ unit: 'grapheme-ascii', minLength: 1 }),
      fc.constantFrom('#a', ';a', 'a=b', '[default]', '=', "'", '"', 'a#b', '\\n', '%(x)s', '${x}'),
      hostile,
    );
    const { raw: options, rules } = readEnvironment(environmentOf({ EXPOSE: 'profile', PROFILE: 'site' }));
    await fc.assert(
      fc.asyncProperty(word, word, word, async (accessKeyId, secretAccessKey, sessionToken) => {
        const credentials = new AssumedCredentials({
          accessKeyId,
          secretAccessKey,
          sessionToken,
          expiration: new Date(0),
          assumedRoleArn: 'arn:aws:sts::123456789012:assumed-role/deploy/x',
          endpoint: '',
        });
        const files = profile.files({
          sessions: [{ profile: 'site', credentials }],
          token: IdentityToken.parse(tokenText()),
          options: parseOptions(options, rules),
          folder: clone,
        });
        try {
          for (const { name, contents } of files) writeFileSync(path.join(clone, name), contents(undefined));
        } catch (error) {
          assert.ok(error instanceof Failure);
          assert.match(error.message, /has a value that AWS configuration files cannot hold/);
          return;
        }
        const read = await fromIni({
          profile: 'site',
          filepath: path.join(clone, 'credentials'),
          configFilepath: path.join(clone, 'config'),
          ignoreCache: true,
        })();
        assert.deepEqual(
          [read.accessKeyId, read.secretAccessKey, read.sessionToken],
          [accessKeyId, secretAccessKey, sessionToken],
        );
      }),
      { numRuns: 300 },
    );
  });
});
