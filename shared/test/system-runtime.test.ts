import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failure } from '../src/core/failure.ts';
import { unlessAborted } from '../src/core/read-file.ts';
import { networkThrough } from '../src/net/network.ts';
import type { Runtime } from '../src/runtime.ts';
import { systemRuntime } from '../src/system-runtime.ts';

const NETWORK = { ...networkThrough(() => undefined), environment: {} };

describe('the runtime of a real process', () => {
  let runtime: Runtime;
  beforeEach(() => {
    runtime = systemRuntime('test/1', NETWORK);
  });

  it('has a clock, random numbers and files', async () => {
    assert.equal(runtime.userAgent, 'test/1');
    assert.ok(Math.abs(runtime.now().getTime() - Date.now()) < 60_000);
    const drawn = runtime.random();
    assert.ok(drawn >= 0 && drawn < 1);
    const folder = mkdtempSync(path.join(tmpdir(), 'runtime-'));
    try {
      writeFileSync(path.join(folder, 'a'), 'ä');
      assert.equal(await runtime.readTextFile(path.join(folder, 'a')), 'ä');
      await assert.rejects(runtime.readTextFile(folder), /it is not a file/);
      await assert.rejects(runtime.readTextFile(path.join(folder, 'b')), { code: 'ENOENT' });
      writeFileSync(path.join(folder, 'large'), 'x'.repeat(1024 * 1024));
      assert.equal((await runtime.readTextFile(path.join(folder, 'large'))).length, 1024 * 1024);
      appendFileSync(path.join(folder, 'large'), 'x');
      await assert.rejects(runtime.readTextFile(path.join(folder, 'large')), /larger than 1 MiB/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('never waits for a file that blocks', async function () {
    if (process.platform === 'win32') this.skip();
    const folder = mkdtempSync(path.join(tmpdir(), 'runtime-'));
    try {
      execFileSync('mkfifo', [path.join(folder, 'fifo')]);
      await assert.rejects(runtime.readTextFile(path.join(folder, 'fifo')), /it is not a file/);
      await assert.rejects(runtime.readTextFile('/dev/zero'), /it is not a file/);
      // Root reads the kernel's messages, and then waits for new ones; other users may not open it.
      await Promise.allSettled([runtime.readTextFile('/proc/kmsg'), runtime.readTextFile('/proc/kcore')]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('waits for a file only until the signal', async () => {
    const reason = new Failure('TimedOut', 'x');
    const never = new Promise<string>(() => {});
    await assert.rejects(unlessAborted(never, AbortSignal.abort(reason)), (error) => error === reason);
    const later = new AbortController();
    setTimeout(() => later.abort(reason), 5);
    await assert.rejects(unlessAborted(never, later.signal), (error) => error === reason);
    assert.equal(await unlessAborted(Promise.resolve('text'), new AbortController().signal), 'text');
  });

  it('sleeps until the time is over, or the signal has a reason', async () => {
    const signal = new AbortController();
    const begun = performance.now();
    await runtime.sleep(20, signal.signal);
    // Timers may be early by a fraction of a millisecond.
    assert.ok(performance.now() - begun >= 19);
    const reason = new Failure('Cancelled', 'Ended by hand.');
    setTimeout(() => signal.abort(reason), 5);
    await assert.rejects(runtime.sleep(60_000, signal.signal), (error) => error === reason);
  });

  it('ends at a deadline, with the given reason', async () => {
    const reason = new Failure('TimedOut', 'x');
    const deadline = runtime.deadline(30, reason);
    assert.ok(deadline.timeLeft() > 0 && deadline.timeLeft() <= 30);
    assert.equal(deadline.signal.aborted, false);
    // A deadline does not keep a process alive, so something else has to.
    const alive = setTimeout(() => {}, 10_000);
    await new Promise((resolve) => deadline.signal.addEventListener('abort', resolve));
    clearTimeout(alive);
    assert.equal(deadline.signal.reason, reason);
    assert.ok(deadline.timeLeft() <= 1);
  });

  it('is cancelled by the first signal, and not ended by a second', () => {
    const before = process.listenerCount('SIGTERM');
    const { cancelled } = systemRuntime('test/2', NETWORK);
    assert.equal(process.listenerCount('SIGTERM'), before + 1);
    process.emit('SIGTERM');
    process.emit('SIGINT');
    // This signal would end Node on Windows without a listener.
    assert.ok(process.emit('SIGBREAK'));
    assert.ok(cancelled.reason instanceof Failure);
    assert.equal(cancelled.reason.code, 'Cancelled');
    assert.equal(cancelled.reason.message, 'Ended by SIGTERM.');
    assert.equal(process.listenerCount('SIGTERM'), before + 1);
  });
});
