/** Attacks on limits that might fail open, and on the environment of a command, with built programs. */
import assert from 'node:assert/strict';
import { awsOidc, azureScript, bitbucketStep, CONNECTION, gitHubJob } from '../e2e/cli/aws-oidc.ts';
import { type EmulatorProcess, startEmulatorProcess } from '../support/index.ts';
import { type Options, type Program, ROLE, startPrograms } from './support/programs.ts';

const DENY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';
/** Account that the role is not in. */
const OTHER = '210987654321';

describe('attacks on limits', function () {
  this.timeout(180_000);
  let programs: Program[];
  before(async () => {
    programs = await startPrograms();
  });
  after(async () => {
    for (const program of programs ?? []) await program.close();
  });

  const programNamed = (name: string) => {
    const program = programs.find((one) => one.name === name);
    assert(program);
    return program;
  };

  async function refuses(program: Program, options: Options, environment: Readonly<Record<string, string>> = {}) {
    const { code, output, published } = await program.assume(options, environment);
    assert.ok(['InvalidOptions', 'AccountNotAllowed'].includes(code), output);
    assert.deepEqual(published, []);
  }

  const emptied = ['', ' ', '\t', '\n', ',', ' , ', '\n,\n'];
  const undefinedVariables = ['$ACCOUNTS', '${ACCOUNTS}', '$(ACCOUNTS)', '$( )'];
  for (const name of ['allowedAccountIds', 'sessionPolicy', 'sessionPolicyArns', 'durationSeconds'] as const) {
    it(`12: a limit of the pipe that arrives empty or as a variable is an error: ${name}`, async () => {
      // The step's shell expands `$…`, so a variable that is not defined arrives empty.
      for (const value of [...emptied, '$ACCOUNTS', '${ACCOUNTS}', '\\$ACCOUNTS', '\\$(ACCOUNTS)']) {
        await refuses(programNamed('pipe'), { [name]: value });
      }
    });

    it(`12: an empty limit is an error on the command line: ${name}`, async () => {
      for (const value of [...emptied, ...undefinedVariables])
        await refuses(programNamed('command line'), { [name]: value });
    });

    it(`12: an undefined variable of Azure Pipelines, or a list without an item, is an error: ${name}`, async () => {
      for (const value of ['$(ACCOUNTS)', '$(MY.ACCOUNTS)', '${ACCOUNTS}', ',', ' , ']) {
        await refuses(programNamed('task'), { [name]: value });
      }
    });
  }

  const lists: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'no item, beside a text': { ALLOWED_ACCOUNT_IDS: OTHER, ALLOWED_ACCOUNT_IDS_COUNT: '0' },
    'an item, beside a text': {
      ALLOWED_ACCOUNT_IDS: OTHER,
      ALLOWED_ACCOUNT_IDS_COUNT: '1',
      ALLOWED_ACCOUNT_IDS_0: '123456789012',
    },
    'no item': { ALLOWED_ACCOUNT_IDS_COUNT: '0' },
    'no item, though one is there': { ALLOWED_ACCOUNT_IDS_COUNT: '0', ALLOWED_ACCOUNT_IDS_0: OTHER },
    'an empty item': { ALLOWED_ACCOUNT_IDS_COUNT: '1', ALLOWED_ACCOUNT_IDS_0: '' },
    'an item that is not there': { ALLOWED_ACCOUNT_IDS_COUNT: '1' },
    'an empty item and that of another account': {
      ALLOWED_ACCOUNT_IDS_COUNT: '2',
      ALLOWED_ACCOUNT_IDS_0: '',
      ALLOWED_ACCOUNT_IDS_1: OTHER,
    },
    'a count that is no number': { ALLOWED_ACCOUNT_IDS_COUNT: 'x', ALLOWED_ACCOUNT_IDS_0: OTHER },
    'a negative count': { ALLOWED_ACCOUNT_IDS_COUNT: '-1', ALLOWED_ACCOUNT_IDS_0: OTHER },
    'a count of full-width digits': { ALLOWED_ACCOUNT_IDS_COUNT: '１', ALLOWED_ACCOUNT_IDS_0: OTHER },
    'a huge count': { ALLOWED_ACCOUNT_IDS_COUNT: '1e9', ALLOWED_ACCOUNT_IDS_0: OTHER },
    'items without a count': { ALLOWED_ACCOUNT_IDS_0: OTHER },
    'an empty count, beside items': { ALLOWED_ACCOUNT_IDS_COUNT: '', ALLOWED_ACCOUNT_IDS_0: OTHER },
    'a misspelt name': { ALLOWED_ACCOUNT_ID: OTHER },
    'a name in another case': { allowed_account_ids: OTHER },
    'policies without a count': { SESSION_POLICY_ARNS_0: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
    'the name that another tool has for the policy': { INLINE_SESSION_POLICY: DENY },
    'another name of another tool': { AWS_SESSION_POLICY: DENY },
    'the policy as an item without a count': { SESSION_POLICY_0: DENY },
    'more items than are counted': {
      ALLOWED_ACCOUNT_IDS_COUNT: '1',
      ALLOWED_ACCOUNT_IDS_0: '123456789012',
      ALLOWED_ACCOUNT_IDS_1: OTHER,
    },
  };
  for (const [name, environment] of Object.entries(lists)) {
    it(`12, own 3: a list of the pipe never loses its limit: ${name}`, async () => {
      await refuses(programNamed('pipe'), {}, environment);
    });
  }

  it('12: account ids are compared whole', async () => {
    for (const ids of [
      OTHER,
      '12345678901',
      '1234567890123',
      '123456789012x',
      '１２３４５６７８９０１２',
      '*',
      '123456789*',
    ]) {
      for (const program of programs) await refuses(program, { allowedAccountIds: ids });
    }
  });

  it('12: a present limit is sent', async () => {
    for (const program of programs) {
      const { succeeded, output } = await program.assume({
        sessionPolicy: DENY.replaceAll('"', '"'),
        durationSeconds: '900',
      });
      assert.ok(succeeded, output);
      const session = (await program.emulator.control.sessions()).at(-1);
      assert.equal(session?.durationSeconds, 900);
      assert.deepEqual(session?.policy, JSON.parse(DENY));
    }
  });
});

describe('attacks by the command that gets the credentials', () => {
  let emulator: EmulatorProcess;
  before(async () => {
    emulator = await startEmulatorProcess();
  });
  after(() => emulator?.stop());

  const systems = {
    'Bitbucket Pipelines': { env: () => bitbucketStep(emulator), args: [] },
    'Azure Pipelines': { env: async () => azureScript(emulator), args: ['--service-connection-id', CONNECTION] },
    'GitHub Actions': { env: async () => gitHubJob(emulator), args: [] },
  };
  const target = () => ['--role-arn', ROLE, '--region', 'eu-west-1', '--sts-endpoint', emulator.ready.sts];

  for (const [name, { env, args }] of Object.entries(systems)) {
    it(`9: it finds no token, and nothing that requests one: ${name}`, async () => {
      const environment = await env();
      const run = async (...more: string[]) => {
        const ran = await awsOidc(['exec', ...target(), ...args, ...more, '--', 'env', '-0'], { env: environment });
        assert.equal(ran.status, 0, ran.stderr);
        return ran.stdout;
      };
      const childEnvironment = await run();
      const tokens = (await emulator.control.secrets()).filter(({ kind }) =>
        ['access-token', 'request-token', 'identity-token'].includes(kind),
      );
      assert.ok(tokens.length > 0);
      for (const { kind, value } of tokens) assert.ok(!childEnvironment.includes(value), kind);
      assert.match(childEnvironment, /AWS_SESSION_TOKEN=/);
      assert.doesNotMatch(childEnvironment, /OIDC_TOKEN|ACCESSTOKEN|OIDCREQUESTURI|ID_TOKEN_REQUEST/i);
      // The same search finds a token with --keep-token, which proves that it can fail.
      const withToken = await run('--keep-token');
      assert.ok(tokens.some(({ value }) => withToken.includes(value)));
    });
  }

  it('9: it finds neither the named variable, nor those of other systems', async () => {
    const token = await emulator.control.mint('bitbucket');
    const environment = {
      MY_TOKEN: token,
      CIRCLE_OIDC_TOKEN: token,
      CIRCLE_OIDC_TOKEN_V2: token,
      TFC_WORKLOAD_IDENTITY_TOKEN: token,
      BITBUCKET_STEP_OIDC_TOKEN: token,
      SYSTEM_ACCESSTOKEN: 'an access token',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'a request token',
    };
    const args = ['exec', ...target(), '--token-variable', 'MY_TOKEN', '--', 'env', '-0'];
    const { status, stdout, stderr } = await awsOidc(args, { env: environment });
    assert.equal(status, 0, stderr);
    assert.ok(!stdout.includes(token));
    assert.doesNotMatch(stdout, /an access token|a request token/);
  });

  it('9: it finds no other credentials: keys, profiles, containers', async () => {
    const others = {
      AWS_PROFILE: 'other',
      AWS_ACCESS_KEY: 'other',
      AWS_SECRET_KEY: 'other',
      AWS_SECURITY_TOKEN: 'other',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/other',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://other',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'other',
    };
    const env = { ...(await bitbucketStep(emulator)), ...others };
    const { stdout } = await awsOidc(['exec', ...target(), '--', 'env', '-0'], { env });
    assert.doesNotMatch(stdout, /=(?:http:\/)?\/?\/?other/);
  });
});
