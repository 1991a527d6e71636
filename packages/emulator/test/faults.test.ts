import assert from 'node:assert/strict';
import { createFaultDesk } from '../src/faults/fault-desk.ts';
import { faultRules } from '../src/faults/fault-rule.ts';
import { ShapeError } from '../src/shape.ts';

const rules = (...json: unknown[]) => faultRules(json, 'faults');

function desk(...json: unknown[]) {
  let time = 0;
  const created = createFaultDesk(() => time);
  created.replace(rules(...json));
  return {
    ...created,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    next: (endpoint: 'sts' | 'azure-token' = 'sts', action?: string) => created.next({ endpoint, action }),
  };
}

describe('fault rules', () => {
  it('befall every request they match', () => {
    const { next } = desk({ match: { endpoint: 'sts' }, fault: { status: 503 } });
    assert.deepEqual([next()?.status, next('azure-token')?.status, next()?.status], [503, undefined, 503]);
  });

  it('match everything when they say nothing', () => {
    const { next } = desk({ fault: { hang: true } });
    assert.equal(next('azure-token')?.hang, true);
  });

  it('may be about one action only', () => {
    const { next } = desk({ match: { action: 'AssumeRole' }, fault: { status: 500 } });
    assert.equal(next('sts', 'GetCallerIdentity'), undefined);
    assert.equal(next('sts', 'AssumeRole')?.status, 500);
  });

  it('may befall the nth request only', () => {
    const { next } = desk({ match: { nth: 2 }, fault: { status: 500 } });
    assert.deepEqual([next()?.status, next()?.status, next()?.status], [undefined, 500, undefined]);
  });

  it('may run out', () => {
    const { next } = desk({ match: { times: 2 }, fault: { status: 500 } });
    assert.deepEqual([next()?.status, next()?.status, next()?.status], [500, 500, undefined]);
  });

  it('take turns: the first that is due counts, and all of them count the request', () => {
    const { next } = desk(
      { match: { times: 1 }, fault: { status: 500 } },
      { match: { nth: 2 }, fault: { status: 501 } },
      { fault: { status: 502 } },
    );
    assert.deepEqual([next()?.status, next()?.status, next()?.status], [500, 501, 502]);
  });

  it('count anew when they are replaced', () => {
    const { next, replace } = desk({ match: { times: 1 }, fault: { status: 500 } });
    next();
    replace(rules({ match: { times: 1 }, fault: { status: 500 } }));
    assert.equal(next()?.status, 500);
  });

  it('throttle at a rate', () => {
    const { next, pass } = desk({ fault: { throttleRatePerSecond: 2 } });
    const throttled = () => next() !== undefined;
    assert.deepEqual([throttled(), throttled(), throttled()], [false, false, true]);
    pass(499);
    assert.equal(throttled(), true);
    pass(1);
    assert.equal(throttled(), false);
  });

  it('throttle below one request a second, too', () => {
    const { next, pass } = desk({ fault: { throttleRatePerSecond: 0.5 } });
    assert.deepEqual([next() === undefined, next() === undefined], [true, false]);
    pass(2000);
    assert.equal(next(), undefined);
  });

  const wrong = [
    {
      name: 'an unknown fault',
      input: { fault: { statuss: 1 } },
      expected: /^faults\[0\]\.fault\.statuss is not known/,
    },
    {
      name: 'an unknown endpoint',
      input: { match: { endpoint: 'iam' }, fault: {} },
      expected: /^faults\[0\]\.match\.endpoint must be one of sts, /,
    },
    { name: 'no fault', input: {}, expected: /^faults\[0\]\.fault must be an object, not absent$/ },
    {
      name: 'a status that is none',
      input: { fault: { status: 99 } },
      expected: /^faults\[0\]\.fault\.status must be /,
    },
  ];
  for (const { name, input, expected } of wrong) {
    it(`must not have ${name}`, () => {
      assert.throws(
        () => rules(input),
        (error) => error instanceof ShapeError && expected.test(error.message),
      );
    });
  }
});
