import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type RetryPlan, waitBefore, withRetries } from '../src/net/retry.ts';
import type { Verdict } from '../src/net/verdict.ts';

const AGAIN: Verdict = { code: 'Unreachable', retry: 'same', tryNextEndpoint: true, backoff: 100 };
const THROTTLED: Verdict = { code: 'Throttled', retry: 'same', tryNextEndpoint: false, backoff: 500, throttled: true };
const NEVER: Verdict = { code: 'AccessDenied', retry: 'never', tryNextEndpoint: false, backoff: 100 };
const NEW_TOKEN: Verdict = { code: 'TokenExpired', retry: 'new-token', tryNextEndpoint: false, backoff: 100 };

/** A clock that advances by sleeping, and a plan that fails until its last attempt. */
function trial(verdict: Verdict, plan: Partial<RetryPlan<string>> = {}, milliseconds = 60_000) {
  const waits: number[] = [];
  const failure = new Error('what the last try met');
  let calls = 0;
  const run = withRetries(
    {
      maxAttempts: 5,
      signal: new AbortController().signal,
      timeLeft: () => milliseconds - waits.reduce((sum, wait) => sum + wait, 0),
      attempt: async () => {
        calls++;
        throw failure;
      },
      judge: () => verdict,
      ...plan,
    },
    { random: () => 0.5, sleep: async (wait) => void waits.push(wait) },
  );
  return { run, waits, failure, calls: () => calls };
}

describe('retrying', () => {
  it('ends with the first success', async () => {
    let tries = 0;
    const { run, waits } = trial(AGAIN, {
      attempt: async () => {
        tries++;
        if (tries < 3) throw new Error('not yet');
        return 'done';
      },
    });
    assert.equal(await run, 'done');
    assert.equal(tries, 3);
    assert.deepEqual(waits, [50, 100]);
  });

  it('reports each wait and its reason beforehand, and waits for the report', async () => {
    const reports: [Verdict, number, number][] = [];
    const { run, waits } = trial(AGAIN, {
      maxAttempts: 3,
      beforeNext: async (verdict, n, wait) => {
        assert.equal(waits.length, n - 1);
        await Promise.resolve();
        reports.push([verdict, n, wait]);
      },
    });
    await assert.rejects(run);
    assert.deepEqual(reports, [
      [AGAIN, 1, 50],
      [AGAIN, 2, 100],
    ]);
    assert.deepEqual(waits, [50, 100]);
  });

  it('doubles the longest wait, up to 20 s', () => {
    const widest = [1, 2, 3, 8, 9, 20].map((n) => waitBefore(n, AGAIN, 1, 3_600_000));
    assert.deepEqual(widest, [100, 200, 400, 12_800, 20_000, 20_000]);
  });

  it('throws the last error unchanged after the last attempt', async () => {
    const { run, failure, calls, waits } = trial(AGAIN);
    await assert.rejects(run, (error) => error === failure);
    assert.equal(calls(), 5);
    assert.equal(waits.length, 4);
  });

  it('does not repeat a permanent error, and does not sleep after it', async () => {
    const { run, failure, calls, waits } = trial(NEVER);
    await assert.rejects(run, (error) => error === failure);
    assert.equal(calls(), 1);
    assert.deepEqual(waits, []);
  });

  it('does not wait before a new token', async () => {
    const { run, calls, waits } = trial(NEW_TOKEN, { maxAttempts: 2 });
    await assert.rejects(run);
    assert.equal(calls(), 2);
    assert.deepEqual(waits, []);
  });

  it('fails immediately if the next wait would not fit, and reports it', async () => {
    let reportCount = 0;
    const { run, failure, calls, waits } = trial(
      { ...AGAIN, retryAfter: 61_000 },
      {
        outOfTime: () => {
          reportCount++;
        },
      },
    );
    await assert.rejects(run, (error) => error === failure);
    assert.equal(calls(), 1);
    assert.deepEqual(waits, []);
    assert.equal(reportCount, 1);
  });

  it('throws the last error even without a time callback', async () => {
    const { run, failure, calls } = trial({ ...AGAIN, retryAfter: 61_000 });
    await assert.rejects(run, (error) => error === failure);
    assert.equal(calls(), 1);
  });

  it('does not mention the time if the attempts were used up', async () => {
    const { run } = trial(AGAIN, { outOfTime: () => assert.fail('it had time') });
    await assert.rejects(run, /what the last try met/);
  });

  it('has time for another attempt in the last tenth of a second, but not after it', () => {
    assert.deepEqual(
      [100, 99].map((left) => waitBefore(1, AGAIN, 1, left)),
      [75, undefined],
    );
  });

  it('does not wait for a new token, despite Retry-After', () => {
    assert.equal(waitBefore(1, { ...NEW_TOKEN, retryAfter: 5000 }, 1, 60_000), 0);
    assert.equal(waitBefore(1, { ...NEW_TOKEN, retryAfter: 90_000 }, 1, 60_000), 0);
    assert.equal(waitBefore(1, NEW_TOKEN, 1, 50), undefined);
  });

  it('ends with the reason of the signal, before an attempt, in an attempt and in a wait', async () => {
    const reason = new Error('cancelled');
    const aborted = AbortSignal.abort(reason);
    const before = trial(AGAIN, { signal: aborted });
    await assert.rejects(before.run, (error) => error === reason);
    assert.equal(before.calls(), 0);

    const attemptAbort = new AbortController();
    const during = trial(AGAIN, {
      signal: attemptAbort.signal,
      attempt: async () => {
        attemptAbort.abort(reason);
        throw new Error('socket hang up');
      },
    });
    await assert.rejects(during.run, (error) => error === reason);

    const waitAbort = new AbortController();
    const waiting = withRetries(
      {
        maxAttempts: 2,
        signal: waitAbort.signal,
        timeLeft: () => 60_000,
        attempt: async () => {
          throw new Error('x');
        },
        judge: () => AGAIN,
      },
      {
        random: () => 0.5,
        sleep: async (_, signal) => {
          waitAbort.abort(reason);
          signal.throwIfAborted();
        },
      },
    );
    await assert.rejects(waiting, (error) => error === reason);
  });
});

describe('the wait before the next attempt', () => {
  const verdict = fc.record({
    code: fc.constant('Throttled' as const),
    retry: fc.constant('same' as const),
    tryNextEndpoint: fc.boolean(),
    backoff: fc.constantFrom(100, 500),
    throttled: fc.boolean(),
    retryAfter: fc.nat(100_000),
  });
  const n = fc.integer({ min: 1, max: 50 });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const timeLeft = fc.nat(3_600_000);

  it("leaves a quarter of the spare time for the attempt, and is never shorter than the service's demand", () => {
    fc.assert(
      fc.property(n, verdict, random, timeLeft, (tries, failed, drawn, left) => {
        const wait = waitBefore(tries, failed, drawn, left);
        const spare = left - failed.retryAfter;
        if (spare < 100) return assert.equal(wait, undefined);
        assert.ok(wait !== undefined && wait >= failed.retryAfter);
        assert.ok(wait - failed.retryAfter <= spare * 0.75 + 1);
      }),
    );
  });

  it('spreads throttled jobs over a part of the remaining time: 5 s of the default minute, 15 s at most, 0.5 s at least', () => {
    const widest = (left: number) => waitBefore(1, THROTTLED, 1, left);
    assert.deepEqual([60_000, 180_000, 3_600_000, 3000].map(widest), [5000, 15_000, 15_000, 500]);
    assert.equal(waitBefore(2, THROTTLED, 1, 300_000), 45_000);
    assert.equal(waitBefore(3, THROTTLED, 1, 300_000), 135_000);
  });
});
