import assert from 'node:assert/strict';
import { retrySharingViolations } from '../src/publish/sharing-violations.ts';

describe('a file that another program has open', () => {
  const errorOf = (code: string) => Object.assign(new Error(code), { code });
  function failing(times: number, code: string) {
    let calls = 0;
    const action = async () => {
      if (calls++ < times) throw errorOf(code);
      return calls;
    };
    return { action, calls: () => calls };
  }

  for (const code of ['EBUSY', 'EPERM', 'EACCES']) {
    it(`is retried on Windows after ${code}`, async () => {
      const { action } = failing(3, code);
      assert.equal(await retrySharingViolations(action, { timeLeft: () => 5000, platform: 'win32' }), 4);
    });
  }

  it('is not retried after the deadline, unless a second has not passed yet', async () => {
    const start = performance.now();
    const { action } = failing(1e9, 'EBUSY');
    await assert.rejects(retrySharingViolations(action, { timeLeft: () => 0, platform: 'win32' }), { code: 'EBUSY' });
    const passed = performance.now() - start;
    assert.ok(passed > 500 && passed < 5000, `${passed} ms`);
  });

  for (const [platform, code] of [
    ['linux', 'EBUSY'],
    ['darwin', 'EPERM'],
    ['win32', 'ENOSPC'],
  ] as const) {
    it(`is not retried after ${code} on ${platform}`, async () => {
      const { action, calls } = failing(1, code);
      await assert.rejects(retrySharingViolations(action, { timeLeft: () => 5000, platform }), { code });
      assert.equal(calls(), 1);
    });
  }

  it('is tried once if that succeeds', async () => {
    assert.equal(await retrySharingViolations(failing(0, '').action, { timeLeft: () => 0 }), 1);
  });
});
