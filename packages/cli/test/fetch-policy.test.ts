import assert from 'node:assert/strict';
import { type CapturedRun, ChildNotStarted } from '../src/context.ts';
import { BITBUCKET, bitbucketStep, ROLE, runCli, TRUST_POLICY } from './support.ts';

const answer = (arn: string, document: unknown = TRUST_POLICY) =>
  JSON.stringify({ Role: { RoleName: 'deploy', Arn: arn, AssumeRolePolicyDocument: document } });

/** Runs explain with an AWS CLI that ends like this. */
function runExplain(aws: Partial<CapturedRun> | Error, args: readonly string[] = ['--role-arn', ROLE]) {
  return runCli(['explain', '--fetch-policy', ...args], {
    env: { ...bitbucketStep(), AWS_PROFILE: 'admin', PATH: '/bin' },
    captured: async () => {
      if (aws instanceof Error) throw aws;
      return { status: 0, stdout: '', stderr: '', ...aws };
    },
  });
}

const refusal = (code: string, message: string) => ({
  status: 254,
  stderr: `\nAn error occurred (${code}) when calling the GetRole operation: ${message}\n`,
});

describe('explain --fetch-policy', () => {
  it('runs the AWS CLI with its own environment, and without a secret among the arguments', async () => {
    const { status, stdout, context } = await runExplain({ stdout: answer(ROLE) });
    assert.equal(status, 0);
    assert.match(stdout, /^✔ allowed: /);
    const [aws, ...others] = context.children;
    assert.equal(others.length, 0);
    assert.deepEqual(
      [aws?.command, ...(aws?.args ?? [])],
      ['aws', 'iam', 'get-role', '--role-name', 'deploy', '--output', 'json'],
    );
    assert.equal(aws?.env['AWS_PROFILE'], 'admin');
    assert.equal(aws?.env['AWS_PAGER'], '');
  });

  it('reads a policy as the API encodes it', async () => {
    const document = encodeURIComponent(JSON.stringify(TRUST_POLICY));
    const { status, stdout } = await runExplain({ stdout: answer(ROLE, document) });
    assert.equal(status, 0, stdout);
  });

  for (const { name, aws, expected } of [
    {
      name: 'without an AWS CLI',
      aws: new ChildNotStarted('ENOENT', 'there is no such command (ENOENT)'),
      expected:
        /^✖ PolicyNotFetched: The AWS CLI \(aws\) could not be started: there is no such command \(ENOENT\)\.\nFix: Install the AWS CLI .*\n {2}Or save the policy .*aws iam get-role --role-name 'deploy' > role\.json, then --policy role\.json\./,
    },
    {
      name: 'after a denial',
      aws: refusal('AccessDenied', 'User: x is not authorized to perform: iam:GetRole'),
      expected:
        /^✖ PolicyNotFetched: aws iam get-role --role-name 'deploy' failed with exit status 254: An error occurred \(AccessDenied\).*\nFix: Use credentials that may call iam:GetRole on arn:aws:iam::123456789012:role\/deploy/,
    },
    {
      name: 'for a role that does not exist',
      aws: refusal('NoSuchEntity', 'The role with name deploy cannot be found.'),
      expected: /The role with name deploy cannot be found\.\nFix: Correct the name of the role in --role-arn/,
    },
    {
      name: 'without credentials',
      aws: {
        status: 253,
        stderr: 'Unable to locate credentials. You can configure credentials by running "aws login".',
      },
      expected: /Unable to locate credentials.*\nFix: Give the AWS CLI credentials of account 123456789012/,
    },
    {
      name: 'with credentials of another account',
      aws: { stdout: answer('arn:aws:iam::999999999999:role/deploy') },
      expected:
        /^✖ PolicyNotFetched: The AWS CLI has credentials of account 999999999999, and role "deploy" was to be read in account 123456789012\.\nFix: Choose credentials of account 123456789012/,
    },
    {
      name: 'if the AWS CLI prints something else',
      aws: { stdout: 'hello' },
      expected: /^✖ PolicyNotFetched: aws iam get-role --role-name 'deploy' printed no role with a trust policy\./,
    },
    {
      name: 'if the AWS CLI prints a role twice',
      aws: { stdout: answer(ROLE).replace('{"RoleName"', '{"Arn":"x","RoleName"') },
      expected: /printed no role with a trust policy/,
    },
  ]) {
    it(`names the cause and the fix ${name}`, async () => {
      const { status, stdout, stderr } = await runExplain(aws);
      assert.equal(status, 1);
      assert.equal(stdout, '');
      assert.match(stderr, expected);
    });
  }

  it('prints the words of the AWS CLI without effect', async () => {
    const { stderr } = await runExplain({ status: 1, stderr: 'a\u001b[31m\n##vso[task.setvariable variable=X]y' });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the point of the test
    assert.doesNotMatch(stderr, /\u001b|^##vso|\n##vso/);
    assert.match(stderr, /failed with exit status 1: a/);
  });

  for (const [args, expected] of [
    [['--role-arn', ROLE, '--policy', 'x.json'], /--fetch-policy and --policy are alternatives/],
    [[], /--fetch-policy needs --role-arn ARN/],
  ] as const) {
    it(`is wrong usage with ${args.join(' ') || 'no role'}`, async () => {
      const { status, stderr, context } = await runExplain({}, args);
      assert.equal(status, 2);
      assert.match(stderr, expected);
      assert.deepEqual(context.children, []);
    });
  }

  it('explains a denial with the fetched policy', async () => {
    const text = JSON.stringify(TRUST_POLICY).replaceAll(BITBUCKET.aud, 'other');
    const { status, stdout } = await runExplain({ stdout: answer(ROLE, JSON.parse(text)) });
    assert.equal(status, 1);
    assert.match(stdout, /^✖ wrong-audience: [^\n]*\nFix: /);
  });
});
