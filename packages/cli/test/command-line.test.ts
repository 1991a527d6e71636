import assert from 'node:assert/strict';
import { COMMANDS } from '../src/commands/index.ts';
import { runCli } from './support.ts';

describe('command line', () => {
  const wrong = [
    { name: 'an unknown command', args: ['inspct'], expected: /unknown command 'inspct'\. Did you mean inspect\?/i },
    { name: 'a command unlike any', args: ['frobnicate'], expected: /unknown command 'frobnicate'\.$/m },
    { name: 'an unknown subcommand', args: ['trust', 'lnt'], expected: /unknown command 'lnt'\. Did you mean lint\?/i },
    {
      name: 'an unknown option',
      args: ['inspect', '--role-anr', 'x'],
      expected: /unknown option '--role-anr'\. Did you mean --role-arn\?/i,
    },
    {
      name: 'an unknown option of exec',
      args: ['exec', '--role-anr', 'x', '--', 'true'],
      expected: /unknown option '--role-anr'\. Did you mean --role-arn\?/i,
    },
    {
      name: 'an option without its value',
      args: ['inspect', '--role-arn'],
      expected: /option '--role-arn <ARN>' argument missing\./,
    },
    {
      name: 'an option instead of a value',
      args: ['inspect', '--role-arn', '--audience'],
      expected: /argument '--audience' is invalid\. Write --role-arn=VALUE if the value begins with "--"\./,
    },
    { name: 'a switch with a value', args: ['inspect', '--json=yes'], expected: /unknown option '--json=yes'\./ },
    {
      name: 'an option given twice',
      args: ['inspect', '--role-arn', 'a', '--role-arn', 'b'],
      expected: /--role-arn is given twice\./,
    },
    {
      name: 'an option with choices given twice',
      args: ['trust', 'generate', 'bitbucket', '--format', 'json', '--format', 'json'],
      expected: /--format is given twice\./,
    },
    { name: 'a missing operand', args: ['trust', 'lint'], expected: /missing required argument 'FILE'\./ },
    {
      name: 'one operand too many',
      args: ['trust', 'lint', 'a', 'b'],
      expected: /too many arguments for 'lint'\. Expected 1 argument but got 2\./,
    },
    {
      name: 'an operand of a command without operands',
      args: ['inspect', 'token'],
      expected: /too many arguments for 'inspect'\. Expected 0 arguments but got 1\./,
    },
    {
      name: 'a value that is not a choice',
      args: ['trust', 'generate', 'bitbucket', '--format', 'yaml'],
      expected: /argument 'yaml' is invalid\. Allowed choices are json, cloudformation, terraform, aws-cli\./,
    },
    {
      name: 'an operand that is not a choice',
      args: ['trust', 'generate', 'bitbuket'],
      expected: /'bitbuket' is invalid for argument 'SYSTEM'\. Allowed choices are bitbucket, azure-devops, github,/,
    },
    {
      name: 'a value that is not a choice, after --json',
      args: ['trust', 'generate', 'bitbucket', '--json', '--format', 'yaml'],
      expected: /Allowed choices are json, cloudformation, terraform, aws-cli\./,
    },
    { name: 'exec with an empty command', args: ['exec', '--', ''], expected: /The command after -- is empty\./ },
    { name: 'exec without a command', args: ['exec', '--'], expected: /missing required argument 'CMD'/ },
    { name: 'help on an unknown command', args: ['help', 'exek'], expected: /Did you mean exec\?/ },
    { name: 'help on an unknown subcommand', args: ['help', 'trust', 'lnt'], expected: /Did you mean lint\?/ },
    {
      name: 'a shell without completion',
      args: ['completion', 'tcsh'],
      expected: /'tcsh' is invalid for argument 'SHELL'\. Allowed choices are bash, zsh, fish\./,
    },
    {
      name: 'a role that is none',
      args: ['inspect', '--role-arn', 'deploy'],
      expected: /--role-arn is "deploy", not the ARN of an IAM role/,
    },
    {
      name: 'two sources of a token',
      args: ['inspect', '--token-file', 'a', '--token-variable', 'B'],
      expected: /--token-file and --token-variable are alternatives/,
    },
    {
      name: 'a file that is not there',
      args: ['trust', 'lint', 'nowhere.json'],
      expected: /nowhere\.json cannot be read: ENOENT/,
    },
  ];
  for (const { name, args, expected } of wrong) {
    it(`exits with status 2 for ${name}, and the reason only on standard error`, async () => {
      const { status, stdout, stderr } = await runCli(args);
      assert.equal(status, 2);
      assert.equal(stdout, '');
      assert.match(stderr, expected);
    });
  }

  const pages = [
    { args: ['trust', 'generate', 'bitbucket'], page: 'help trust generate' },
    { args: ['doctor', '--role'], page: 'help doctor' },
    { args: ['inspct'], page: '--help' },
  ];
  for (const { args, page } of pages) {
    it(`points from "${args.join(' ')}" to aws-oidc ${page}`, async () => {
      const { stderr } = await runCli(args);
      assert.equal(stderr.split('\n').at(-2), `Help: aws-oidc ${page}`);
      assert.equal((await runCli(page.split(' '))).status, 0);
    });
  }

  it('reports wrong usage as JSON with --json', async () => {
    const { status, stderr } = await runCli(['trust', 'lint', '--json']);
    assert.equal(status, 2);
    assert.deepEqual(JSON.parse(stderr), {
      error: { code: 'WrongUsage', message: "missing required argument 'FILE'." },
    });
  });

  it('prints its version', async () => {
    assert.deepEqual((await runCli(['--version'])).stdout, '1.2.3\n');
  });

  for (const args of [[], ['--help'], ['-h'], ['help']]) {
    it(`lists every command with "${args.join(' ')}", on standard output with status 0`, async () => {
      const { status, stdout, stderr } = await runCli(args);
      assert.equal(stderr, '');
      assert.equal(status, 0);
      for (const { name } of COMMANDS) assert.match(stdout, new RegExp(`^  ${name} `, 'm'));
    });
  }

  for (const args of [['trust'], ['help', 'trust'], ['trust', '--help'], ['trust', '-h']]) {
    it(`lists the commands of a group with ${args.join(' ')}`, async () => {
      const { status, stdout, stderr } = await runCli(args);
      assert.equal(stderr, '');
      assert.equal(status, 0);
      const listed = [...stdout.matchAll(/^ {2}(\w[\w -]*?) {2}/gm)].map(([, name]) => name);
      assert.deepEqual(listed, ['trust generate', 'trust lint', 'trust evaluate']);
    });
  }

  for (const command of COMMANDS) {
    it(`shows ${command.name} with all its options and examples, in both spellings of help`, async () => {
      const words = command.name.split(' ');
      const { stdout } = await runCli(['help', ...words]);
      assert.equal((await runCli([...words, '--help'])).stdout, stdout);
      for (const option of Object.keys(command.options)) assert.match(stdout, new RegExp(`^  --${option}\\b`, 'm'));
      assert.ok(command.examples.length > 0);
      for (const { line } of command.examples) assert.ok(stdout.includes(line));
    });
  }

  it('uses colours only on a terminal', async () => {
    assert.ok((await runCli(['--help'], { terminal: true })).stdout.includes('\u001b[1m'));
    assert.ok(!(await runCli(['--help'])).stdout.includes('\u001b'));
  });

  for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
    it(`uses no colours with ${JSON.stringify(env)}`, async () => {
      assert.ok(!(await runCli(['--help'], { terminal: true, env })).stdout.includes('\u001b'));
    });
  }
});
