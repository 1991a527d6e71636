import assert from 'node:assert/strict';
import { CONFLICTING_VARIABLES, OPTION_KEYS } from '@aws-oidc-assume/shared';
import { ParsedArguments } from '../src/cli/command.ts';
import { ChildNotStarted } from '../src/context.ts';
import { ASSUME_OPTIONS, rawOptions } from '../src/options/assume-options.ts';
import { answer, assumed, bitbucketStep, ROLE, runCli, SECRET_KEY, SESSION_TOKEN, tokenText } from './support.ts';

const TARGET = ['--role-arn', ROLE, '--region', 'eu-west-1'];

describe('options for assuming', () => {
  it('has every option of the exchange except those about later steps', () => {
    const missing = OPTION_KEYS.filter(
      (key) => !(key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) in ASSUME_OPTIONS),
    );
    assert.deepEqual(missing, ['roles', 'expose', 'profile', 'variablePrefix']);
  });

  const cases = [
    {
      name: 'the option wins',
      values: { 'role-arn': 'option' },
      env: { AWS_ROLE_ARN: 'variable' },
      key: 'roleArn',
      expected: { name: '--role-arn', value: 'option' },
    },
    {
      name: 'a variable stands in',
      values: {},
      env: { AWS_ROLE_ARN: 'variable' },
      key: 'roleArn',
      expected: { name: 'AWS_ROLE_ARN', value: 'variable' },
    },
    {
      name: 'the variable of the pipe wins over that of AWS tools',
      values: {},
      env: { AWS_ROLE_ARN: 'of tools', AWS_OIDC_ROLE_ARN: 'of the pipe' },
      key: 'roleArn',
      expected: { name: 'AWS_OIDC_ROLE_ARN', value: 'of the pipe' },
    },
    {
      name: 'AWS_REGION goes before AWS_DEFAULT_REGION',
      values: {},
      env: { AWS_DEFAULT_REGION: 'b', AWS_REGION: 'a' },
      key: 'region',
      expected: { name: 'AWS_REGION', value: 'a' },
    },
    {
      name: 'an empty variable does not count',
      values: {},
      env: { AWS_DEFAULT_REGION: 'b', AWS_REGION: ' ' },
      key: 'region',
      expected: { name: 'AWS_DEFAULT_REGION', value: 'b' },
    },
    {
      name: 'an empty option does not count',
      values: { region: '' },
      env: { AWS_REGION: 'a' },
      key: 'region',
      expected: { name: 'AWS_REGION', value: 'a' },
    },
    {
      name: 'nothing at all is named by its option',
      values: {},
      env: {},
      key: 'region',
      expected: { name: '--region', value: undefined },
    },
    {
      name: 'lists are joined',
      values: { 'chain-role-arns': ['a,b', 'c'] },
      env: {},
      key: 'chainRoleArns',
      expected: { name: '--chain-role-arns', value: 'a,b\nc' },
    },
    {
      name: 'a switch says true',
      values: { 'mask-account-id': true },
      env: {},
      key: 'maskAccountId',
      expected: { name: '--mask-account-id', value: 'true' },
    },
  ] as const;
  for (const { name, values, env, key, expected } of cases) {
    it(name, () => {
      assert.deepEqual(rawOptions(new ParsedArguments(values), env)[key], expected);
    });
  }
});

describe('exec', () => {
  it('gives the credentials only to the command, in its environment', async () => {
    const { status, stdout, stderr, context } = await runCli(
      ['exec', ...TARGET, '--', 'aws', 's3', 'ls', '--region', 'x'],
      {
        env: { ...bitbucketStep(), PATH: '/bin' },
        answers: [assumed],
        child: async () => 7,
      },
    );
    assert.equal(status, 7);
    assert.equal(stdout + stderr, '');
    const [child] = context.children;
    assert.equal(child?.command, 'aws');
    assert.deepEqual(child?.args, ['s3', 'ls', '--region', 'x']);
    assert.equal(child?.env['AWS_SECRET_ACCESS_KEY'], SECRET_KEY);
    assert.equal(child?.env['AWS_SESSION_TOKEN'], SESSION_TOKEN);
    assert.equal(child?.env['AWS_REGION'], 'eu-west-1');
    assert.equal(child?.env['AWS_DEFAULT_REGION'], 'eu-west-1');
    assert.equal(child?.env['PATH'], '/bin');
    assert.equal(
      new URLSearchParams(context.requests[0]?.body).get('RoleSessionName'),
      'bitbucket,acme,shop,42,1f0c9a2b',
    );
  });

  it('uses the endpoint of the region despite other variables, and reports it', async () => {
    const env = { ...bitbucketStep(), AWS_ENDPOINT_URL_STS: 'https://elsewhere.example' };
    const { context, stderr } = await runCli(['exec', ...TARGET, '--', 'true'], { env, answers: [assumed] });
    assert.equal(context.requests[0]?.url.host, 'sts.eu-west-1.amazonaws.com');
    assert.match(stderr, /^warning: AWS_ENDPOINT_URL_STS is not followed.*Give --sts-endpoint if/);
    const endpointOption = ['--sts-endpoint', 'https://vpce.example'];
    const chosen = await runCli(['exec', ...TARGET, ...endpointOption, '--', 'true'], { env, answers: [assumed] });
    assert.equal(chosen.context.requests[0]?.url.host, 'vpce.example');
    assert.equal(chosen.stderr, '');
  });

  it('uses the FIPS endpoint of the region on request', async () => {
    const env = { ...bitbucketStep(), AWS_USE_FIPS_ENDPOINT: 'true' };
    const { context } = await runCli(['exec', ...TARGET, '--', 'true'], { env, answers: [assumed] });
    assert.equal(context.requests[0]?.url.host, 'sts-fips.eu-west-1.amazonaws.com');
  });

  it('removes every other source of credentials', async () => {
    const others = Object.fromEntries(
      CONFLICTING_VARIABLES.map((name) => [name, name === 'AWS_ROLE_ARN' ? ROLE : 'x']),
    );
    const { context } = await runCli(['exec', '--region', 'eu-west-1', '--session-name', 'mine', '--', 'true'], {
      env: { ...bitbucketStep(), ...others, AWS_ACCESS_KEY_ID: 'old', AWS_SECRET_ACCESS_KEY: 'old' },
      answers: [assumed],
    });
    const env = context.children[0]?.env ?? {};
    assert.deepEqual(
      CONFLICTING_VARIABLES.filter((name) => name in env),
      [],
    );
    assert.equal(env['AWS_ACCESS_KEY_ID'], 'EXAMPLEKEYIDOFATEST');
  });

  const jobs = [
    { name: 'Bitbucket Pipelines', env: () => bitbucketStep(), args: [], answers: [assumed] },
    {
      name: 'GitHub Actions',
      env: () => ({
        GITHUB_ACTIONS: 'true',
        ACTIONS_ID_TOKEN_REQUEST_URL: 'https://vstoken.example/?a=b',
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
      }),
      args: [],
      answers: [answer(200, { value: tokenText() }), assumed],
    },
    {
      name: 'CircleCI',
      env: () => ({ CIRCLE_OIDC_TOKEN: 'a', CIRCLE_OIDC_TOKEN_V2: tokenText() }),
      args: ['--token-variable', 'CIRCLE_OIDC_TOKEN_V2'],
      answers: [assumed],
    },
    {
      name: 'a variable of any name',
      env: () => ({ MY_TOKEN: tokenText() }),
      args: ['--token-variable', 'MY_TOKEN'],
      answers: [assumed],
    },
  ];
  for (const { name, env, args, answers } of jobs) {
    const tokenVariables = Object.keys(env()).filter((variable) => /TOKEN/.test(variable));

    it(`removes the token of ${name} from the environment of the command`, async () => {
      const { status, context, stderr } = await runCli(['exec', ...TARGET, ...args, '--', 'true'], {
        env: env(),
        answers,
      });
      assert.equal(status, 0, stderr);
      assert.ok(tokenVariables.length > 0);
      assert.deepEqual(
        tokenVariables.filter((variable) => variable in (context.children[0]?.env ?? {})),
        [],
      );
    });

    it(`keeps the token of ${name} with --keep-token`, async () => {
      const { context } = await runCli(['exec', ...TARGET, ...args, '--keep-token', '--', 'true'], {
        env: env(),
        answers,
      });
      for (const variable of tokenVariables) assert.ok(context.children[0]?.env[variable], variable);
    });
  }

  it('removes the access token of Azure Pipelines from the environment of the command', async () => {
    const { context } = await runCli(['exec', ...TARGET, '--', 'true'], {
      env: { ...bitbucketStep(), SYSTEM_ACCESSTOKEN: 'job', SYSTEM_OIDCREQUESTURI: 'https://dev.azure.com/x' },
      answers: [assumed],
    });
    assert.deepEqual(
      Object.keys(context.children[0]?.env ?? {}).filter((variable) => variable.startsWith('SYSTEM_')),
      [],
    );
  });

  for (const [platform, expected] of [
    ['win32', ['AWS_ACCESS_KEY_ID']],
    ['linux', ['Aws_Access_Key_Id', 'aws_profile', 'AWS_ACCESS_KEY_ID']],
  ] as const) {
    it(`compares the names of variables as ${platform} does`, async () => {
      const { context } = await runCli(['exec', ...TARGET, '--', 'true'], {
        platform,
        env: { ...bitbucketStep(), Aws_Access_Key_Id: 'old', aws_profile: 'old' },
        answers: [assumed],
      });
      const names = Object.keys(context.children[0]?.env ?? {}).filter((name) => /^aws_(access|profile)/i.test(name));
      assert.deepEqual(names, expected);
    });
  }

  it('accepts a command without --, which PowerShell removes', async () => {
    const { context } = await runCli(['exec', ...TARGET, 'terraform', 'plan', '-out', '--', '--json'], {
      env: bitbucketStep(),
      answers: [assumed],
    });
    assert.deepEqual(context.children[0]?.args, ['plan', '-out', '--', '--json']);
  });

  it('does not run the command if the role is denied', async () => {
    const denied = answer(
      403,
      '<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message></Error></ErrorResponse>',
    );
    const { status, stderr, context } = await runCli(['exec', ...TARGET, '--verbose', '--', 'true'], {
      env: bitbucketStep(),
      answers: [denied],
    });
    assert.equal(status, 1);
    assert.equal(context.children.length, 0);
    assert.match(stderr, /^✖ AccessDenied: .*\nFix: [\s\S]*add this statement to its trust policy/m);
  });

  for (const [code, expected] of [
    ['ENOENT', 127],
    ['EACCES', 126],
  ] as const) {
    it(`reports ${code} of the command as ${expected}, like a shell`, async () => {
      const { status, stderr } = await runCli(['exec', ...TARGET, '--', 'no-such'], {
        env: bitbucketStep(),
        answers: [assumed],
        child: async () => Promise.reject(new ChildNotStarted(code, 'reason')),
      });
      assert.equal(status, expected);
      assert.match(stderr, /no-such could not be started: reason/);
    });
  }

  it('reports all wrong options at once, by option or variable, with status 2', async () => {
    const { status, stderr, context } = await runCli(
      ['exec', '--role-arn', 'deploy', '--duration-seconds', '1', '--', 'true'],
      {
        env: { ...bitbucketStep(), AWS_REGION: 'mars' },
      },
    );
    assert.equal(status, 2);
    assert.match(stderr, /--role-arn is "deploy"/);
    assert.match(stderr, /--duration-seconds is "1"/);
    assert.match(stderr, /AWS_REGION is "mars"/);
    assert.equal(context.requests.length, 0);
  });

  it('logs its progress with --verbose, without the secrets', async () => {
    const { stderr, context } = await runCli(['exec', ...TARGET, '--verbose', '--', 'true'], {
      env: bitbucketStep(),
      answers: [assumed],
    });
    assert.match(stderr, /Identity token, subject: [\s\S]*Assumed arn:aws:sts::123456789012:assumed-role\/deploy/);
    assert.ok(context.masked.length >= 2);
  });

  it('makes a session name from the claims of a plain token', async () => {
    const { context } = await runCli(['exec', ...TARGET, '--token-file', '-', '--', 'true'], {
      stdin: tokenText(),
      answers: [assumed],
    });
    assert.match(
      new URLSearchParams(context.requests[0]?.body).get('RoleSessionName') ?? '',
      /^bitbucket,acme,b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22,+1f0c9a2b$/,
    );
  });
});

describe('printing credentials', () => {
  it('env prints lines for a shell', async () => {
    const { status, stdout } = await runCli(['env', ...TARGET], { env: bitbucketStep(), answers: [assumed] });
    assert.equal(status, 0);
    assert.match(stdout, /^unset AWS_PROFILE [^\n]*\nexport AWS_ACCESS_KEY_ID='EXAMPLEKEYIDOFATEST'\n/);
    assert.ok(stdout.includes(`export AWS_SESSION_TOKEN='${SESSION_TOKEN}'\n`));
  });

  const shells = [
    {
      shell: 'fish',
      unset: /^for name in AWS_PROFILE .*; set -eg \$name; .* end$/m,
      set: `set -gx AWS_SESSION_TOKEN '${SESSION_TOKEN}'\n`,
    },
    {
      shell: 'powershell',
      unset: /^Remove-Item -ErrorAction Ignore Env:AWS_PROFILE,Env:/m,
      set: `$env:AWS_SESSION_TOKEN = '${SESSION_TOKEN}'\n`,
    },
  ];
  for (const { shell, unset, set } of shells) {
    it(`env prints lines for ${shell}`, async () => {
      const { stdout } = await runCli(['env', ...TARGET, '--shell', shell], {
        env: bitbucketStep(),
        answers: [assumed],
      });
      assert.match(stdout, unset);
      assert.ok(stdout.includes(set));
    });
  }

  it('env refuses a shell together with JSON', async () => {
    const { status, stderr } = await runCli(['env', '--shell', 'fish', '--json'], { env: bitbucketStep() });
    assert.equal(status, 2);
    assert.match(stderr, /--shell and --json are alternatives/);
  });

  it('env prints JSON', async () => {
    const { stdout } = await runCli(['env', ...TARGET, '--json'], { env: bitbucketStep(), answers: [assumed] });
    assert.equal(JSON.parse(stdout).AWS_SECRET_ACCESS_KEY, SECRET_KEY);
  });

  it('credential-process prints the JSON that SDKs read', async () => {
    const { stdout, stderr } = await runCli(['credential-process', ...TARGET], {
      env: bitbucketStep(),
      answers: [assumed],
    });
    assert.deepEqual(JSON.parse(stdout), {
      Version: 1,
      AccessKeyId: 'EXAMPLEKEYIDOFATEST',
      SecretAccessKey: SECRET_KEY,
      SessionToken: SESSION_TOKEN,
      Expiration: '2026-03-01T13:00:00.000Z',
      AccountId: '123456789012',
    });
    assert.equal(stderr, '');
  });

  for (const command of ['env', 'credential-process']) {
    it(`${command} refuses a terminal before it sends a request`, async () => {
      const { status, stdout, stderr, context } = await runCli([command, ...TARGET], {
        env: { ...bitbucketStep(), NO_COLOR: '1' },
        terminal: true,
      });
      assert.equal(status, 2);
      assert.equal(stdout, '');
      assert.match(stderr, /standard output is a terminal/);
      assert.equal(context.requests.length, 0);
    });

    it(`${command} prints to a terminal with --force`, async () => {
      const { status, stdout } = await runCli([command, ...TARGET, '--force'], {
        env: bitbucketStep(),
        terminal: true,
        answers: [assumed],
      });
      assert.equal(status, 0);
      assert.ok(stdout.includes(SESSION_TOKEN));
    });
  }
});
