import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Masker } from './masker.ts';
import { restrictionsOf, type StepTarget } from './restrictions.ts';
import type { Result } from './result.ts';
import { StepOutput } from './step-output.ts';
import type { TaskDefinition } from './task-definition.ts';
import { VariableStore } from './variables.ts';

describe('an agent’s handling of a step’s output', () => {
  let masker: Masker;
  let variables: VariableStore;
  let taskVariables: VariableStore;
  let prependedPaths: string[];

  beforeEach(() => {
    masker = new Masker();
    variables = new VariableStore((secret) => masker.add(secret));
    taskVariables = new VariableStore((secret) => masker.add(secret));
    prependedPaths = [];
  });

  function read(
    lines: readonly string[],
    { target, task }: { target?: StepTarget; task?: Partial<TaskDefinition> } = {},
  ) {
    const output = new StepOutput({
      variables,
      taskVariables,
      masker,
      prependedPaths,
      restrictions: restrictionsOf(target, { name: 'T', ...task }),
      outputVariables: (task?.outputVariables ?? []).map(({ name }) => name),
      referenceName: 'assume',
    });
    for (const line of lines) output.line(line);
    return output;
  }

  const warnings = (output: StepOutput) =>
    output.issues.filter(({ type }) => type === 'warning').map(({ message }) => message);

  describe('for the log', () => {
    it('shows lines, not commands, and masks as soon as it is told to', () => {
      const { log } = read(['x hidden', '##vso[task.setsecret]hidden', 'y hidden', '##vso[task.debug]z']);
      assert.deepEqual(log, ['x hidden', 'y ***']);
    });

    it('shows debug lines with System.Debug, and every command except secret ones', () => {
      variables.set('System.Debug', 'True');
      const { log } = read(['##vso[task.debug]hello', '##vso[task.setvariable variable=a]1%0A2']);
      assert.deepEqual(log, ['##[debug]hello', '##[debug]Processed: ##vso[task.setvariable variable=a]1', '2']);
    });

    it('shows a value that is set before masking', () => {
      const { debugLog } = read(['##vso[task.setvariable variable=a]hidden', '##vso[task.setsecret]hidden']);
      assert.ok(debugLog.some((line) => line.endsWith('hidden')));
      const { debugLog: other } = read(['##vso[task.setsecret]later', '##vso[task.setvariable variable=a]later']);
      assert.ok(!other.some((line) => line.includes('later')));
    });

    it('shows issues with their place, masked', () => {
      masker.add('hidden');
      const output = read([
        '##vso[task.logissue type=error;sourcepath=a.ts;linenumber=1;columnnumber=2;code=E7]is hidden',
        '##vso[task.issue type=Warning]careful',
        '##vso[task.logissue]nothing',
      ]);
      assert.deepEqual(output.log, [
        '##[error]a.ts(1,2): error E7: is ***',
        '##[warning]careful',
        "##[warning]Can't create TaskIssue from logging event.",
      ]);
      assert.equal(output.finalResult, 'Succeeded');
    });

    it('warns about the keyword without a command, and shows the line', () => {
      const { log, commands } = read(['see ##vso[here']);
      assert.match(log[0] ?? '', /^##\[warning\]'see ##vso\[here' contains logging command keyword/);
      assert.deepEqual([log[1], commands], ['see ##vso[here', []]);
    });

    it('warns about an unknown area', () => {
      const output = read(['##vso[nobody.knows]x']);
      assert.equal(warnings(output).length, 1);
      assert.equal(output.finalResult, 'Succeeded');
    });
  });

  describe('for variables', () => {
    it('sets them for later steps', () => {
      read(['##vso[task.setvariable variable=A]1', '##vso[TASK.SETVARIABLE VARIABLE=b;issecret=True]2']);
      assert.deepEqual(
        variables.all().map(({ name, value, secret }) => [name, value, secret]),
        [
          ['A', '1', false],
          ['b', '2', true],
        ],
      );
    });

    it('accepts only the word true as true', () => {
      read(['##vso[task.setvariable variable=a;issecret=1;isoutput=yes]x']);
      assert.deepEqual(
        variables.all().map(({ name, secret }) => [name, secret]),
        [['a', false]],
      );
    });

    it('keeps formerly secret variables from the environment of later steps', () => {
      variables.set('AWS_SESSION_TOKEN', 'old', { secret: true });
      read(['##vso[task.setvariable variable=AWS_SESSION_TOKEN;issecret=false]new']);
      assert.deepEqual(
        variables.all().map(({ value, secret }) => [value, secret]),
        [['new', true]],
      );
    });

    it('exposes outputs only with the step’s name; flagged ones are read-only', () => {
      const output = read(
        ['##vso[task.setvariable variable=declared]d', '##vso[task.setvariable variable=flagged;isOutput=true]f'],
        { task: { outputVariables: [{ name: 'declared' }] } },
      );
      assert.deepEqual(output.outputs, { declared: 'd', flagged: 'f' });
      assert.deepEqual(
        variables.all().map(({ name, value, readOnly }) => [name, value, readOnly]),
        [
          ['assume.declared', 'd', false],
          ['assume.flagged', 'f', true],
        ],
      );
    });

    it('warns about a read-only variable and changes it; with the feature on, refuses and fails', () => {
      variables.set('a', '1', { readOnly: true });
      const line = '##vso[task.setvariable variable=a]2';
      const lenient = read([line]);
      assert.match(warnings(lenient)[0] ?? '', /Overwriting readonly variable 'a'\. This behavior/);
      assert.equal(variables.get('a'), '2');

      variables.set('agent.readOnlyVariables', 'true');
      const strict = read(['##vso[task.setvariable variable=a]3']);
      assert.deepEqual([strict.finalResult, variables.get('a')], ['Failed', '2']);
    });

    it('refuses a secret with several lines, and shows it', () => {
      const output = read(['##vso[task.setvariable variable=a;issecret=true]one%0Atwo']);
      assert.deepEqual([output.finalResult, variables.get('a')], ['Failed', undefined]);
      assert.deepEqual(
        output.issues.map(({ type, message }) => `${type}: ${message}`),
        [
          "error: Unable to process command '##vso[task.setvariable variable=a;issecret=true]one%0Atwo' successfully.",
          'error: Secrets cannot contain multiple lines',
        ],
      );
    });

    it('keeps variables of the task to the task, secret ones masked', () => {
      const output = read(['##vso[task.settaskvariable variable=file;issecret=true]hidden', 'hidden']);
      assert.deepEqual([taskVariables.get('file'), variables.all(), output.log], ['hidden', [], ['***']]);
    });

    it('fails if a command lacks the name', () => {
      for (const line of ['##vso[task.setvariable]x', '##vso[task.settaskvariable]x']) {
        assert.equal(read([line]).finalResult, 'Failed', line);
      }
    });
  });

  describe('under restrictions', () => {
    const lines = [
      '##vso[task.setvariable variable=OTHER]x',
      '##vso[task.setvariable variable=aws_one]y',
      '##vso[task.prependpath]/opt/bin',
      '##vso[task.setsecret]hidden',
    ];
    const cases: {
      name: string;
      target?: StepTarget;
      task?: Partial<TaskDefinition>;
      set: string[];
      paths: string[];
    }[] = [
      { name: 'none', set: ['OTHER', 'aws_one'], paths: ['/opt/bin'] },
      {
        name: 'of the step, by globs without case',
        target: { settableVariables: ['AWS_*'] },
        set: ['aws_one'],
        paths: [],
      },
      { name: 'of the step, all', target: { settableVariables: 'none' }, set: [], paths: [] },
      {
        name: 'of the task',
        task: { restrictions: { settableVariables: { allowed: ['oth*', 'path'] } } },
        set: ['OTHER'],
        paths: ['/opt/bin'],
      },
      {
        name: 'of the task, an empty list',
        task: { restrictions: { settableVariables: { allowed: [] } } },
        set: [],
        paths: [],
      },
      {
        name: 'of both: each must allow it',
        target: { settableVariables: ['AWS_*'] },
        task: { restrictions: { settableVariables: { allowed: ['OTHER'] } } },
        set: [],
        paths: [],
      },
    ];
    for (const { name, target, task, set, paths } of cases) {
      it(`sets allowed variables and warns about the others: ${name}`, () => {
        const output = read(lines, { ...(target && { target }), ...(task && { task }) });
        assert.deepEqual(
          variables.all().map((variable) => variable.name),
          set,
        );
        assert.deepEqual(prependedPaths, paths);
        assert.equal(warnings(output).length, 3 - set.length - paths.length);
        assert.equal(output.finalResult, 'Succeeded');
        assert.equal(masker.mask('hidden'), '***');
      });
    }

    it('does not attach, upload or rename if the step or the task is restricted', () => {
      const commands = [
        'task.uploadsummary',
        'task.addattachment',
        'task.uploadfile',
        'build.addbuildtag',
        'artifact.upload',
      ];
      const refused = commands.map((name) => `##vso[${name}]${import.meta.filename}`);
      for (const restriction of [
        { target: { commands: 'restricted' } as const },
        { task: { restrictions: { commands: { mode: 'restricted' } } } as const },
      ]) {
        const output = read(refused, restriction);
        assert.deepEqual(
          warnings(output),
          commands.map((name) => `##vso[${name}] is not allowed in this step due to policy restrictions.`),
        );
        assert.deepEqual([output.attachments, output.finalResult], [[], 'Succeeded']);
      }
    });
  });

  describe('for the result', () => {
    const complete = (result: string) => `##vso[task.complete result=${result};]`;
    const cases: { name: string; lines: string[]; expected: Result }[] = [
      { name: 'nothing said', lines: [], expected: 'Succeeded' },
      { name: 'an error logged', lines: ['##vso[task.logissue type=error]no'], expected: 'Succeeded' },
      { name: 'the worst of two', lines: [complete('Failed'), complete('SucceededWithIssues')], expected: 'Failed' },
      { name: 'what was skipped stays so', lines: [complete('Skipped'), complete('Failed')], expected: 'Skipped' },
      { name: 'a number', lines: [complete('1')], expected: 'SucceededWithIssues' },
      { name: 'a result in another case', lines: [complete('succeeded')], expected: 'Failed' },
      { name: 'a kind of issue there is not', lines: ['##vso[task.logissue type=info]x'], expected: 'Failed' },
      { name: 'a command there is not', lines: ['##vso[task.nothing]x', complete('Succeeded')], expected: 'Failed' },
      { name: 'a summary there is not', lines: ['##vso[task.uploadsummary]/does/not/exist'], expected: 'Failed' },
    ];
    for (const { name, lines, expected } of cases) {
      it(`${expected} for ${name}`, () => assert.equal(read(lines).finalResult, expected));
    }
  });

  describe('for files', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'attachment-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('keeps summaries and attachments as they were at that time', () => {
      const file = path.join(folder, 'summary.md');
      writeFileSync(file, '# Assumed');
      const output = read([`##vso[task.uploadsummary]${file}`, `##vso[task.addattachment type=T;name=N]${file}`]);
      rmSync(file);
      assert.deepEqual(output.attachments, [
        { type: 'DistributedTask.Core.Summary', name: 'summary.md', content: '# Assumed' },
        { type: 'T', name: 'N', content: '# Assumed' },
      ]);
    });
  });

  it('prepends paths once each, the last one last', () => {
    read(['##vso[task.prependpath]/a', '##vso[task.prependpath]/b', '##vso[task.prependpath]/a']);
    assert.deepEqual(prependedPaths, ['/b', '/a']);
  });
});
