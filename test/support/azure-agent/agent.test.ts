import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AzureAgent } from './agent.ts';
import { parseCommand } from './command.ts';
import { VariableStore } from './variables.ts';

describe('logging commands', () => {
  const cases: { name: string; line: string; expected: ReturnType<typeof parseCommand> }[] = [
    { name: 'plain text', line: 'hello', expected: undefined },
    { name: 'formatting', line: '##[error]no', expected: undefined },
    { name: 'another case', line: '##VSO[task.debug]x', expected: undefined },
    {
      name: 'a command in the middle of a line',
      line: 'abc ##vso[Task.SetVariable Variable=A;isSecret=true;]v]al',
      expected: { area: 'task', event: 'setvariable', properties: { variable: 'A', issecret: 'true' }, data: 'v]al' },
    },
    {
      name: 'escapes, the percent sign last',
      line: '##vso[task.setvariable variable=a%3Bb%5D]x%0Ay%AZP250A%25',
      expected: { area: 'task', event: 'setvariable', properties: { variable: 'a;b]' }, data: 'x\ny%0A%25' },
    },
    { name: 'no end', line: '##vso[task.debug', expected: 'malformed' },
    { name: 'no area', line: '##vso[debug]x', expected: 'malformed' },
  ];
  for (const { name, line, expected } of cases)
    it(`reads ${name}`, () => assert.deepEqual(parseCommand(line), expected));
});

describe('variables of a job', () => {
  it('are secret for ever, once secret', () => {
    const store = new VariableStore();
    store.set('Key', 'a', { secret: true });
    store.set('KEY', 'b');
    assert.deepEqual(store.all(), [{ name: 'Key', value: 'b', secret: true, readOnly: false }]);
  });

  it('are read-only for ever, once read-only, and say so', () => {
    const store = new VariableStore();
    store.set('Key', 'a', { readOnly: true });
    assert.match(store.set('key', 'b') ?? '', /readonly variable 'key'/);
  });

  it('leave an undefined macro as it is', () => {
    const store = new VariableStore();
    store.set('Build.BuildId', '7');
    assert.equal(store.expand('$(build.buildid) $(nothing)'), '7 $(nothing)');
  });
});

describe('an agent', () => {
  const accessToken = 'access-token-of-the-job-0123456789';
  let folder: string;
  let agent: AzureAgent;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'task-'));
    agent = new AzureAgent({
      systemConnection: { url: 'https://dev.azure.com/acme/', accessToken },
      secretVariables: { hidden: 'hidden-value-0123456789' },
    });
  });
  afterEach(() => {
    agent.dispose();
    rmSync(folder, { recursive: true });
  });

  function task(body: string, definition: object = {}): string {
    const here = mkdtempSync(path.join(folder, 'v-'));
    mkdirSync(here, { recursive: true });
    const execution = { Node20_1: { target: 'index.js' } };
    writeFileSync(
      path.join(here, 'task.json'),
      JSON.stringify({
        name: 'T',
        inputs: [{ name: 'a.b', type: 'string', defaultValue: ' $(Build.BuildId)-$(none) ' }],
        execution,
        ...definition,
      }),
    );
    writeFileSync(path.join(here, 'index.js'), body);
    return here;
  }
  const printing = (...lines: string[]) => task(lines.map((line) => `console.log(${JSON.stringify(line)})`).join('\n'));

  it('gives a task its inputs, variables and connections, and closes standard input', async () => {
    agent.store.set('Build.BuildId', '7');
    const result = await agent.runTask({
      folder: task(`
        const e = process.env;
        console.log(JSON.stringify([e.INPUT_A_B, e.INPUT_C, e.BUILD_BUILDID, e.HIDDEN, !!e.SECRET_HIDDEN, !!e.ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN, require('fs').readFileSync(0, 'utf8'), process.cwd() === __dirname]));`),
      inputs: { c: ' $(build.buildid) ' },
    });
    assert.deepEqual(JSON.parse(result.stdout), ['7-$(none)', '7', '7', null, true, true, '', false]);
  });

  it('hands plain variables to later scripts, and secret ones only where they are mapped', async () => {
    await agent.runTask({
      folder: printing(
        '##vso[task.setvariable variable=My.Plain]p',
        '##vso[task.setvariable variable=Closed;issecret=true]closed-value-0123456789',
      ),
    });
    const seen = await agent.runScript('echo "$MY_PLAIN ${CLOSED:-none} ${#MAPPED}"', { env: { MAPPED: '$(Closed)' } });
    assert.equal(seen.stdout.trim(), 'p none 23');
  });

  it('keeps outputs apart from variables', async () => {
    const declared = task(
      `console.log('##vso[task.setvariable variable=declared]d'); console.log('##vso[task.setvariable variable=flagged;isOutput=true]f');`,
      { outputVariables: [{ name: 'declared' }] },
    );
    await agent.runTask({ folder: declared, name: 'step' });
    assert.deepEqual([agent.store.get('declared'), agent.store.get('flagged')], [undefined, undefined]);
    assert.deepEqual([agent.store.get('step.declared'), agent.store.get('step.flagged')], ['d', 'f']);
  });

  it('shows secrets as stars, in every form its encoders know', async () => {
    const secret = 'se"cret/\\+=0123456789';
    const folder = task(`
      const s = ${JSON.stringify(secret)};
      console.log('##vso[task.setsecret]' + s);
      console.log([s, JSON.stringify(s), encodeURIComponent(s)].join(' | '));`);
    assert.deepEqual((await agent.runTask({ folder })).log, ['*** | "***" | ***']);
  });

  it('warns of what the step or the task may not do, and does not do it', async () => {
    const lines = [
      '##vso[task.setvariable variable=OTHER]x',
      '##vso[task.setvariable variable=aws_one]y',
      '##vso[task.uploadsummary]/etc/hostname',
    ];
    const result = await agent.runTask({
      folder: printing(...lines),
      target: { commands: 'restricted', settableVariables: ['AWS_*'] },
    });
    assert.equal(result.result, 'Succeeded');
    assert.deepEqual([agent.store.get('OTHER'), agent.store.get('aws_one')], [undefined, 'y']);
    assert.deepEqual(
      result.issues.map(({ type }) => type),
      ['warning', 'warning'],
    );
    assert.deepEqual(result.summaries, []);
  });

  it('takes the worst result, and any exit code but 0 for a failure', async () => {
    const complete = (result: string) => `##vso[task.complete result=${result};]`;
    assert.equal(
      (await agent.runTask({ folder: printing(complete('Failed'), complete('Succeeded')) })).result,
      'Failed',
    );
    assert.equal(
      (await agent.runTask({ folder: printing(complete('SucceededWithIssues')) })).result,
      'SucceededWithIssues',
    );
    assert.equal((await agent.runTask({ folder: task('process.exit(3)') })).result, 'Failed');
  });

  it('refuses a secret of several lines', async () => {
    const result = await agent.runTask({
      folder: printing('##vso[task.setvariable variable=a;issecret=true]one-line-0123456789%0Atwo'),
    });
    assert.equal(result.result, 'Failed');
  });

  it('reads standard error too, and a last line without an end', async () => {
    const result = await agent.runTask({ folder: task(`process.stderr.write('##vso[task.setvariable variable=a]b')`) });
    assert.equal(result.result, 'Succeeded');
    assert.equal(agent.store.get('a'), 'b');
  });

  it('runs post-job handlers in reverse order, with their own task variables', async () => {
    const withPost = (name: string) => {
      const folder = task(`console.log('##vso[task.settaskvariable variable=kept]${name}')`, {
        postjobexecution: { Node20_1: { target: 'post.js' } },
      });
      writeFileSync(path.join(folder, 'post.js'), 'console.log(process.env.VSTS_TASKVARIABLE_KEPT)');
      return folder;
    };
    await agent.runTask({ folder: withPost('first') });
    await agent.runTask({ folder: withPost('second') });
    assert.deepEqual(
      (await agent.finish()).map(({ stdout }) => stdout.trim()),
      ['second', 'first'],
    );
  });

  it('cancels with SIGINT', async () => {
    const folder = task(
      `process.on('SIGINT', () => { console.log('ended'); process.exit(0); }); setInterval(() => {}, 1000); console.log('ready')`,
    );
    const result = await agent.runTask({ folder, cancelAfterMs: 500 });
    assert.ok(result.log.includes('ended'));
  });

  it('fails the test in whose output a secret shows', async () => {
    const leak = task(
      `console.log('token: ' + Buffer.from('x' + process.env.ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN).toString('base64'))`,
    );
    await assert.rejects(agent.runTask({ folder: leak }), /a secret stands in: .*base64/);
    await assert.rejects(
      agent.runTask({ folder: printing(`##vso[task.debug]${accessToken}`) }),
      /output besides commands/,
    );
  });

  it('fails the test that leaves a secret in a file others can read', async () => {
    const file = path.join(agent.tempFolder, 'left');
    writeFileSync(file, accessToken, { mode: 0o600 });
    agent.verify();
    writeFileSync(`${file}-open`, accessToken, { mode: 0o644 });
    assert.throws(() => agent.verify(), /left-open/);
  });
});
