import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type EmulatorProcess, NODE_24, startEmulatorProcess } from '../support/index.ts';
import { type Fault, stsFault } from './fault.ts';
import { runPipe } from './pipe-run.ts';

const PAGE = new URL('../../docs/performance.md', import.meta.url);
const FIGURE =
  /(A denial takes )\d+( ms from the start of the pipe's process to its end, of which )\d+( ms are Node's own start)/;
const ROUNDS = 31;

const denial: Fault = {
  name: 'denial',
  where: 'bundle',
  outcome: 'AccessDenied',
  calls: 1,
  arrange: () => stsFault({ code: 'AccessDenied' }),
};

describe('a denial', function () {
  this.timeout(120_000);
  let emulator: EmulatorProcess;
  before(async () => {
    emulator = await startEmulatorProcess();
  });
  after(() => emulator?.stop());

  it('costs one call, with the time in docs/performance.md', async () => {
    const { outcome, calls } = await runPipe(denial, emulator, undefined);
    assert.deepEqual([outcome, calls], ['AccessDenied', 1]);
    const page = readFileSync(PAGE, 'utf8');
    assert.match(page, FIGURE);
    if (process.env['FAULT_TABLE'] !== 'write') return;
    const denials: number[] = [];
    const starts: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      denials.push((await runPipe(denial, emulator, undefined)).milliseconds);
      const begun = performance.now();
      assert.equal(spawnSync(NODE_24, ['--eval', '0']).status, 0);
      starts.push(performance.now() - begun);
    }
    writeFileSync(PAGE, readFileSync(PAGE, 'utf8').replace(FIGURE, `$1${median(denials)}$2${median(starts)}$3`));
  });
});

function median(times: readonly number[]): number {
  return Math.round([...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN);
}
