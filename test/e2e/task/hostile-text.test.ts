import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HAS_AWS_CLI } from '../../support/aws-cli.ts';
import { parseCommand } from '../../support/azure-agent/command.ts';
import { cultureIndexOf } from '../../support/azure-agent/culture-search.ts';
import type { StepResult } from '../../support/index.ts';
import { skipBecause } from '../../support/tools.ts';
import { CONNECTION, Jobs, startEmulator } from './support.ts';

/** Text that an attacker would put into a name, and other unusual text. */
const HOSTILE = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '##vso[task.setvariable variable=PWNED]yes',
        '##VSO[task.setvariable variable=PWNED]yes',
        '#\u200b#vso[task.setvariable variable=PWNED]yes',
        '##\u034fvso[task.setvariable variable=PWNED]yes',
        '#\u0610#v\ufe0fso[task.setvariable variable=PWNED]yes',
        '＃＃ｖｓｏ［task.setvariable variable=PWNED]yes',
        '#\u0000#vso[task.setvariable variable=PWNED]yes',
        '##vso[task.complete result=Succeeded;done=true]',
        '%0D%0A##vso[task.setvariable variable=PWNED]yes',
        '##[error]',
        '##[endgroup]',
        '\u001b[31m',
        '\u001b]0;title\u0007',
        '\r\n',
        '\n##vso[task.setvariable variable=PWNED]yes\n',
        '\u2028##[section]',
        '</code><script>',
        '`|`',
      ),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(''));

/** An environment cannot contain NUL. */
const VARIABLE = HOSTILE.map((text) => text.replaceAll('\0', ''));

const TASK_COMMANDS = new Set([
  'debug',
  'setsecret',
  'setvariable',
  'settaskvariable',
  'issue',
  'complete',
  'uploadsummary',
]);
const VARIABLES = /^(?:AWS_\w+|accountId|assumedRoleArn|expiration|leftFolder)$/;

/**
 * Checks with the agent's own grammar that the log has only the task's commands, and no line that the agent would
 * format.
 */
function assertHarmless(result: StepResult, expected: 'Succeeded' | 'Failed'): void {
  assert.equal(result.result, expected, result.log.join('\n'));
  for (const line of result.raw.split(/\r\n|\r|\n/)) {
    const command = parseCommand(line);
    assert.notEqual(command, 'malformed', line);
    if (command === undefined || command === 'malformed') {
      assert.equal(cultureIndexOf(line, '##vso'), -1, line);
      assert.ok(!/##(?:vso|\[(?!error\]|group\]|endgroup\]))/i.test(line.replace(/^##\[(?:error|group)\]/, '')), line);
    } else {
      assert.equal(command.area, 'task');
      assert.ok(TASK_COMMANDS.has(command.event), line);
      if (command.event === 'setvariable') assert.match(command.properties['variable'] ?? '', VARIABLES);
    }
    if (command === undefined) assert.ok(!/\p{Cc}/u.test(line), JSON.stringify(line));
  }
  assert.ok(!/<script/i.test(result.summaries.join()));
}

describe('hostile text never becomes a command', () => {
  let jobs: Jobs;

  before(async () => {
    jobs = new Jobs(await startEmulator(), 'Node24');
  });
  after(() => jobs?.close());

  const testEach = (title: string, arbitrary: fc.Arbitrary<string>, test: (text: string) => Promise<void>, runs = 12) =>
    it(title, async function () {
      this.timeout(120_000);
      await fc.assert(
        fc.asyncProperty(arbitrary, async (text) => {
          try {
            await test(text);
          } finally {
            await jobs.emulator.control.clearFaults();
            await jobs.finish();
          }
        }),
        { numRuns: runs },
      );
    });

  testEach('in names of branches, projects and runs', VARIABLE, async (text) => {
    const variables = { 'Build.SourceBranch': text, 'System.TeamProject': text, 'Build.BuildId': text };
    jobs.start({ variables: { ...variables, 'System.Debug': 'true' } });
    assertHarmless(await jobs.run({ sessionName: '' }), 'Succeeded');
  });

  testEach('in errors of AWS STS', HOSTILE, async (text) => {
    jobs.start();
    await jobs.emulator.control.setFaults([
      { match: { endpoint: 'sts' }, fault: { code: 'AccessDenied', message: text } },
    ]);
    assertHarmless(await jobs.run(), 'Failed');
  });

  testEach('in what answers in the place of AWS STS', HOSTILE, async (text) => {
    jobs.start();
    await jobs.emulator.control.setFaults([
      { match: { endpoint: 'sts' }, fault: { status: 418, body: text, headers: { server: 'x' } } },
    ]);
    assertHarmless(await jobs.run(), 'Failed');
  });

  testEach(
    'in errors of the token endpoint, in each of their forms',
    HOSTILE,
    async (text) => {
      for (const body of [{ message: text }, { value: text }, { value: { Message: text } }, text]) {
        jobs.start();
        await jobs.emulator.control.setFaults([
          {
            match: { endpoint: 'azure-token' },
            fault: { status: 403, body: typeof body === 'string' ? body : JSON.stringify(body) },
          },
        ]);
        assertHarmless(await jobs.run(), 'Failed');
        await jobs.finish();
      }
    },
    4,
  );

  testEach('in claims of the token', HOSTILE, async (text) => {
    jobs.start();
    const oidcToken = await jobs.emulator.control.mint('azure-devops', { sub: text, iss: text, aud: text });
    await jobs.emulator.control.setFaults([
      { match: { endpoint: 'azure-token' }, fault: { status: 200, body: JSON.stringify({ oidcToken }) } },
    ]);
    assertHarmless(await jobs.run(), 'Failed');
  });

  testEach(
    'in inputs and in fields of a connection',
    VARIABLE.map((text) => `x${text}x`),
    async (text) => {
      jobs.start({
        serviceConnections: {
          [CONNECTION]: { name: 'aws-deploy', type: 'AwsOidcFederation', data: { sessionName: text } },
        },
      });
      const inputs = { roleArn: text, region: text, sessionName: '', durationSeconds: text, trustPolicyFile: text };
      assertHarmless(await jobs.run({ ...inputs, tokenHosts: text, stsEndpoint: text }), 'Failed');
    },
  );
});

describe("the credential process's output in the log of a later step", () => {
  it('is harmless, with any names and errors', async function () {
    this.timeout(120_000);
    // The SDK for JavaScript does not report the output of the process.
    if (!HAS_AWS_CLI) skipBecause(this, 'the AWS CLI is not installed');
    const name = 'deploy ##vso[task.setvariable variable=PWNED]yes';
    const jobs = new Jobs(await startEmulator({ serviceConnections: { [CONNECTION]: name } }), 'Node24');
    try {
      jobs.start({ serviceConnections: { [CONNECTION]: { name, type: 'Generic' } } });
      await jobs.assume({ expose: 'credential-process' });
      await jobs.emulator.control.setFaults([
        { match: { endpoint: 'sts' }, fault: { code: 'AccessDenied', message: `no ${name} ##[error]x` } },
      ]);
      const { stderr, raw } = await jobs.agent.runScript(jobs.cli(), { env: { AWS_REGION: 'eu-west-1' } });
      assert.match(stderr, /AccessDenied[\s\S]*no deploy #·#vso\[task\.setvariable variable=PWNED\]yes/);
      for (const line of raw.split(/\r\n|\r|\n/)) assert.ok(!/##(?:vso|\[)/i.test(line), line);
      await jobs.finish();
    } finally {
      await jobs.close();
    }
  });
});

describe('hostile names from the server itself', () => {
  const names = [
    'deploy ##vso[task.setvariable variable=PWNED]yes',
    '##[error] deploy',
    'deploy <img src=x onerror=alert(1)> `code` | cell',
    'déployer à Zürich 東京',
  ];
  for (const name of names) {
    it(`are harmless in subject, log and summary: ${name}`, async () => {
      const jobs = new Jobs(
        await startEmulator({ project: name, serviceConnections: { [CONNECTION]: name } }),
        'Node20_1',
      );
      try {
        jobs.start({ serviceConnections: { [CONNECTION]: { name, type: 'Generic' } } });
        const result = await jobs.run();
        assertHarmless(result, 'Succeeded');
        const [summary = ''] = result.summaries;
        assert.ok(!/[<`|]img|onerror=alert\(1\)>/.test(summary), summary);
        await jobs.finish();
      } finally {
        await jobs.close();
      }
    });
  }
});
