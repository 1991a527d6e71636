import assert from 'node:assert/strict';
import { assertWording } from '../../messages/wording.ts';
import { type UnpackedTask, unpackTask } from '../../support/index.ts';
import { normalized } from './normalized.ts';
import { PIPE_SCENES } from './pipe-scenes.ts';
import { runIn } from './run.ts';
import { ANNOUNCEMENT, type FirstScreen } from './screen.ts';
import { azure, bitbucket } from './setups.ts';
import { TASK_SCENES } from './task-scenes.ts';

const FOLDED_LIMIT = 15;
const LIMIT = 20;

/**
 * Runs broken setups with the built pipe and the packed task. The first screen must name the cause and the fix, and the
 * fix must work.
 */
describe('the first screen of a broken setup', function () {
  this.timeout(120_000);
  let task: UnpackedTask;
  before(() => {
    task = unpackTask();
  });
  after(() => task.remove());

  for (const scene of [...PIPE_SCENES, ...TASK_SCENES]) {
    it(`${scene.program}: ${scene.name}`, async () => {
      const { setup, program, code, cause, fix } = scene;
      const screen = await runIn(setup, program, task.folder);
      const whole = screen.log.join('\n');
      assert.equal(screen.passed, false, whole);
      assert.ok(screen.lines[0]?.startsWith(`${code}: `), whole);
      assert.match(screen.lines[0] ?? '', cause);
      assert.match(screen.lines[1] ?? '', /^Fix: /);
      assert.match(screen.lines[1] ?? '', fix);
      for (const line of screen.before) assert.match(line, ANNOUNCEMENT);
      assertShort(screen);
      assertNarrow(screen);

      const fixed = await runIn(scene.fixed(setup, screen), program, task.folder);
      assert.equal(fixed.passed, true, `${whole}\n\nafter the fix:\n${fixed.log.join('\n')}`);
      assertWording('First screens', `${program}: ${scene.name}`, screen.log.map(normalized));
    });
  }
});

describe('the log of a correct setup', function () {
  this.timeout(120_000);
  let task: UnpackedTask;
  before(() => {
    task = unpackTask();
  });
  after(() => task.remove());

  for (const [program, setup] of [
    ['pipe', bitbucket()],
    ['task', azure()],
  ] as const) {
    it(`${program}: names role and expiry, and the action for the next line`, async () => {
      const { passed, log } = await runIn(setup, program, task.folder);
      assert.equal(passed, true, log.join('\n'));
      assert.equal(log.length, program === 'pipe' ? 2 : 1);
      assertWording('Logs', `${program}: success`, log.map(normalized));
    });
  }
});

function assertShort({ lines, folded }: FirstScreen): void {
  assert.ok(folded <= FOLDED_LIMIT, `${folded} lines before the details`);
  assert.ok(lines.length <= LIMIT, `${lines.length} lines`);
}

/** Checks that a statement is only in the details, after a sentence about the jobs that it admits. */
function assertNarrow({ lines, folded }: FirstScreen): void {
  lines.forEach((line, index) => {
    if (!/"Effect"/.test(line)) return;
    assert.ok(index > folded, line);
    assert.match(lines[index - 1] ?? '', /is meant for .*, add this statement to its trust policy:$/);
  });
  assert.doesNotMatch(lines.slice(0, folded).join('\n'), /admits more than it does now/);
}
