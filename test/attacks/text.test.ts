/** Attacks by text: names, branches and answers that a log, an agent or a policy would interpret. */
import assert from 'node:assert/strict';
import { awsOidc, azureScript } from '../e2e/cli/aws-oidc.ts';
import * as pipe from '../e2e/pipe/support.ts';
import * as task from '../e2e/task/support.ts';
import { parseCommand } from '../support/azure-agent/command.ts';
import { cultureIndexOf } from '../support/azure-agent/culture-search.ts';
import { type EmulatorProcess, startEmulatorProcess } from '../support/index.ts';

/** Characters that are invisible, or that a culture ignores or treats as others. */
const HIDDEN = [
  ['zero-width space', '\u200b'],
  ['zero-width joiner', '\u200d'],
  ['word joiner', '\u2060'],
  ['byte order mark', '\ufeff'],
  ['soft hyphen', '\u00ad'],
  ['combining acute', '\u0301'],
  ['combining grapheme joiner', '\u034f'],
  ['variation selector', '\ufe0f'],
  ['variation selector beyond the first plane', '\u{e0101}'],
  ['tag', '\u{e0041}'],
  ['right-to-left override', '\u202e'],
  ['bidirectional isolate', '\u2066'],
  ['Arabic sign', '\u0610'],
  ['tatweel, a letter without a weight', '\u0640'],
  ['another letter without a weight', '\u07fa'],
  ['a letter without a weight, as a form', '\ufe73'],
  ['Mongolian letter without a weight', '\u180a'],
  ['Hangul filler', '\u3164'],
  ['unassigned', '\u0378'],
  ['private use', '\ue000'],
  ['bell', '\u0007'],
  ['escape sequence', '\u001b[31m'],
  ['C1 control', '\u0085'],
  ['nothing', ''],
] as const;

const COMMAND = 'task.setvariable variable=PWNED]yes';

describe('attacks by text on an agent', function () {
  this.timeout(300_000);
  let jobs: task.Jobs;
  let cli: EmulatorProcess;
  before(async () => {
    jobs = new task.Jobs(await task.startEmulator(), 'Node24');
    cli = await startEmulatorProcess();
  });
  after(async () => {
    await jobs?.close();
    await cli?.stop();
  });
  afterEach(() => jobs.finish());

  /** Checks that only the program's own commands have a meaning to an agent of any culture. */
  function assertInert(raw: string): void {
    for (const line of raw.split(/\r\n|\r|\n/)) {
      const command = parseCommand(line);
      assert.notEqual(command, 'malformed', line);
      if (command === undefined) {
        assert.equal(cultureIndexOf(line, '##vso'), -1, JSON.stringify(line));
        assert.doesNotMatch(line, /[\p{Cc}\p{Cf}]/u);
      } else if (command !== 'malformed') {
        assert.ok(command.event !== 'setvariable' || !/PWNED/.test(JSON.stringify(command.properties)), line);
      }
    }
  }

  const variants = (mark: string) => [
    `#${mark}#vso[${COMMAND}`,
    `##${mark}vso[${COMMAND}`,
    `##v${mark}so[${COMMAND}`,
    `##vso${mark}[${COMMAND}`,
    `${[...'##vso['].join(mark)}${COMMAND}`,
    `＃＃${mark}ｖｓｏ［${COMMAND}`,
  ];

  for (const [name, mark] of HIDDEN) {
    it(`19, own 2: a log command is inert, and hides no line: ${name}`, async () => {
      jobs.start();
      const text = `BEGIN ${variants(mark).join(' ')} END`;
      const message = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      await jobs.emulator.control.setFaults([{ match: { endpoint: 'sts' }, fault: { code: 'AccessDenied', message } }]);
      try {
        const { raw, log, result } = await jobs.run();
        assert.equal(result, 'Failed');
        assertInert(raw);
        // Hidden lines would be missing here.
        assert.ok(
          log.some((line) => line.includes('BEGIN') && line.includes('END')),
          log.join('\n'),
        );
      } finally {
        await jobs.emulator.control.clearFaults();
      }
    });

    it(`19: a log command is inert in names of branches and in claims, on the command line: ${name}`, async () => {
      const all = variants(mark);
      const [variant = ''] = all;
      const env = { ...azureScript(cli), BUILD_SOURCEBRANCH: variant, BUILD_SOURCEBRANCHNAME: variant };
      const claims = Object.fromEntries(all.map((text, index) => [`${text}${index}`, text]));
      const token = await cli.control.mint('bitbucket', { sub: all.join(' '), branchName: variant, ...claims });
      for (const command of ['inspect', 'doctor']) {
        const { stdout, stderr } = await awsOidc([command, '--token-file', '-'], { env, stdin: token });
        assert.ok(stdout.length > 100);
        assertInert(stdout + stderr);
      }
    });
  }

  it('18: every value that the task passes on is masked, including the key id', async () => {
    for (const inputs of [{ expose: 'environment' }, { expose: 'secret-variables' }, { expose: 'profile' }]) {
      jobs.start();
      const { commands } = await jobs.assume(inputs);
      const masked = commands.filter(({ event }) => event === 'setsecret').map(({ data }) => data);
      const session = (await jobs.emulator.control.sessions()).at(-1);
      const issued = (await jobs.emulator.control.secrets()).filter(({ kind }) =>
        ['secret-access-key', 'session-token'].includes(kind),
      );
      const values = [session?.accessKeyId ?? '', ...issued.slice(-2).map(({ value }) => value)];
      for (const value of values) assert.ok(masked.includes(value), `${inputs.expose}: ${value.slice(0, 4)}`);
      const { log } = await jobs.agent.runScript(
        'env | grep AWS_ || true; cat "$AWS_SHARED_CREDENTIALS_FILE" || true',
        {
          mayPrintSecrets: true,
        },
      );
      for (const value of values) assert.ok(!log.join('\n').includes(value), inputs.expose);
      await jobs.finish();
    }
  });

  it("10: session tags have the token's facts, despite the variables of the job", async () => {
    jobs.start({ variables: { 'Build.SourceBranch': 'refs/heads/feature' } });
    for (const [variable, value] of [
      ['Build.SourceBranch', 'refs/heads/main'],
      ['System.TeamProject', 'another'],
      ['System.CollectionUri', 'https://dev.azure.com/another/'],
      ['Build.Repository.Name', 'another'],
      ['Build.BuildId', '1'],
    ]) {
      await jobs.agent.runScript(`echo '##vso[task.setvariable variable=${variable}]${value}'`);
      const { result, log } = await jobs.run(
        { chainRoleArns: task.NEXT_ROLE, chainSessionTags: 'run', serviceConnection: '' },
        { name: `forged${variable?.replaceAll('.', '')}` },
      );
      const session = (await jobs.emulator.control.sessions()).at(-1);
      const tags = JSON.stringify(result === 'Succeeded' ? session?.tags : {});
      assert.doesNotMatch(tags, /another/, log.join('\n'));
    }
  });
});

describe('attacks by variables on the pipe', () => {
  let emulator: EmulatorProcess;
  before(async () => {
    emulator = await pipe.startEmulator();
  });
  after(() => emulator?.stop());

  const TAGS = { CHAIN_ROLE_ARNS: pipe.NEXT_ROLE, CHAIN_SESSION_TAGS: 'run' };

  it('10: session tags are those of the signed claims: UUIDs for repository and build', async () => {
    const step = await pipe.stepOf(emulator, { env: { BITBUCKET_REPO_SLUG: 'payments', BITBUCKET_BUILD_NUMBER: '1' } });
    try {
      await pipe.succeed(step, emulator, TAGS);
      const { tags = {} } = (await emulator.control.sessions()).at(-1) ?? {};
      const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
      assert.equal(tags['Owner'], 'acme');
      assert.match(tags['Repository'] ?? '', uuid);
      assert.match(tags['Build'] ?? '', uuid);
      assert.doesNotMatch(JSON.stringify(tags), /payments/);
    } finally {
      step.dispose();
    }
  });

  for (const [name, env] of Object.entries({
    branch: { BITBUCKET_BRANCH: 'main' },
    repository: { BITBUCKET_REPO_UUID: '{00000000-0000-4000-8000-000000000009}' },
  })) {
    it(`10: a ${name} that contradicts the token is an error`, async () => {
      const step = await pipe.stepOf(emulator, { claims: { branchName: 'feature/evil' }, env });
      try {
        const { exitCode, stderr } = await step.runPipe({
          bundle: pipe.BUNDLE,
          variables: pipe.variablesFor(emulator, TAGS),
        });
        assert.equal(exitCode, 1);
        assert.match(stderr, /^✖ IdentityContradicted: /);
        assert.equal(await pipe.exchanges(emulator), 0);
      } finally {
        step.dispose();
      }
    });
  }
});
