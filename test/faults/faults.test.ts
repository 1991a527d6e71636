import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import {
  type EmulatorProcess,
  needsPipeImage,
  startEmulatorProcess,
  type UnpackedTask,
  unpackTask,
} from '../support/index.ts';
import { unlessMissing } from '../support/tools.ts';
import { answers } from './cases/answers.ts';
import { azure } from './cases/azure.ts';
import { cancelled } from './cases/cancelled.ts';
import { files } from './cases/files.ts';
import { network } from './cases/network.ts';
import { tokens } from './cases/tokens.ts';
import type { Fault, Observed } from './fault.ts';
import { runPipe } from './pipe-run.ts';
import { rowOf, rowsIn, table, withTable } from './table.ts';
import { runTask } from './task-run.ts';

const FAULTS: readonly Fault[] = [...answers, ...tokens, ...network, ...files, ...cancelled, ...azure];
const PAGE = new URL('../../docs/reliability.md', import.meta.url);

/** Time to start and end a program on a busy machine, milliseconds. */
const GRACE = 15_000;

/** Expected end: a pipe fails by its status; a task reports a failure, and its process succeeds. */
function exitOf({ where, outcome }: Fault): string {
  if (where !== 'task') return `exit status ${outcome === 'survived' ? 0 : 1}`;
  const result = { survived: 'Succeeded', Cancelled: 'Canceled' }[outcome as string] ?? 'Failed';
  return `${result}, exit status 0`;
}

describe('after a fault', function () {
  this.timeout(90_000);
  let emulator: EmulatorProcess;
  const results = new Map<Fault, Observed>();

  before(async () => {
    emulator = await startEmulatorProcess({ https: true });
  });
  after(() => emulator?.stop());

  function itFails(fault: Fault, run: () => Promise<Observed>): void {
    it(`${fault.name}: ${fault.outcome}, ${fault.calls} calls`, async function () {
      const observed = await unlessMissing(this, run);
      results.set(fault, observed);
      const { outcome, exit, calls, milliseconds, timeLimit, output, leftovers, secretsFound } = observed;
      const survived = fault.outcome === 'survived';
      assert.equal(outcome, fault.outcome, output);
      assert.equal(exit, exitOf(fault), output);
      assert.equal(calls, fault.calls, output);
      if (fault.says !== undefined) assert.match(output, fault.says);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the very thing
      assert.doesNotMatch(output, /[\u0000-\u0008\u000b-\u001f]|^##vso\[task\.setvariable variable=X/m);
      assert.ok(output.length < 20_000, `a log of ${output.length} characters`);
      if (!survived) assert.deepEqual(leftovers, []);
      else assert.ok(leftovers.length > 0 || fault.name.includes('earlier run'));
      assert.equal(secretsFound, 0);
      assert.ok(milliseconds < timeLimit + GRACE, `it took ${milliseconds} ms, of ${timeLimit} allowed`);
    });
  }

  const where = (place: Fault['where']) => FAULTS.filter((fault) => fault.where === place);

  describe('the pipe', () => {
    for (const fault of where('bundle')) itFails(fault, () => runPipe(fault, emulator, undefined));
  });

  describe('the image of the pipe', () => {
    let image: string;
    before(function () {
      this.timeout(300_000);
      image = needsPipeImage(this);
    });
    for (const fault of where('image')) itFails(fault, () => runPipe(fault, emulator, image));
  });

  describe('the task', () => {
    let task: UnpackedTask;
    before(() => {
      task = unpackTask();
    });
    after(() => task.remove());
    for (const fault of where('task')) itFails(fault, () => runTask(fault, emulator, task.folder));
  });

  describe('docs/reliability.md', () => {
    it('has exactly one row for each of these faults, with the same outcome', () => {
      const page = readFileSync(PAGE, 'utf8');
      if (process.env['FAULT_TABLE'] === 'write') {
        const all = FAULTS.map((fault) => ({ fault, observed: results.get(fault) }));
        assert.ok(
          all.every(({ observed }) => observed !== undefined),
          'a fault did not run: the table is not written',
        );
        writeFileSync(PAGE, withTable(page, table(all as { fault: Fault; observed: Observed }[])));
        return;
      }
      assert.deepEqual(rowsIn(page), FAULTS.map(rowOf));
    });
  });
});
