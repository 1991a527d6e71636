import assert from 'node:assert/strict';
import { FaultInjector } from '../src/faults/fault-injector.ts';
import { FAULT_LIST } from '../src/faults/fault-rule.ts';
import { read } from '../src/shape.ts';
import { ShapeError } from '../src/shape-error.ts';

const rules = (...faults: unknown[]) => read(FAULT_LIST, { faults }).faults;

function injector(...json: unknown[]) {
  let time = 0;
  const created = new FaultInjector(() => time);
  created.replace(rules(...json));
  return {
    replace: (list: ReturnType<typeof rules>) => created.replace(list),
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    next: (endpoint: 'sts' | 'azure-token' = 'sts', action?: string) => created.next({ endpoint, action }),
  };
}

describe('fault rules', () => {
  it('apply to every request that they match', () => {
    const { next } = injector({ match: { endpoint: 'sts' }, fault: { status: 503 } });
    assert.deepEqual([next()?.status, next('azure-token')?.status, next()?.status], [503, undefined, 503]);
  });

  it('match every request by default', () => {
    const { next } = injector({ fault: { hang: true } });
    assert.equal(next('azure-token')?.hang, true);
  });

  it('can be limited to one action', () => {
    const { next } = injector({ match: { action: 'AssumeRole' }, fault: { status: 500 } });
    assert.equal(next('sts', 'GetCallerIdentity'), undefined);
    assert.equal(next('sts', 'AssumeRole')?.status, 500);
  });

  it('can apply to the nth request only', () => {
    const { next } = injector({ match: { nth: 2 }, fault: { status: 500 } });
    assert.deepEqual([next()?.status, next()?.status, next()?.status], [undefined, 500, undefined]);
  });

  it('can apply to a number of requests only', () => {
    const { next } = injector({ match: { times: 2 }, fault: { status: 500 } });
    assert.deepEqual([next()?.status, next()?.status, next()?.status], [500, 500, undefined]);
  });

  it('give precedence to the first that applies, and all count the request', () => {
    const { next } = injector(
      { match: { times: 1 }, fault: { status: 500 } },
      { match: { nth: 2 }, fault: { status: 501 } },
      { fault: { status: 502 } },
    );
    assert.deepEqual([next()?.status, next()?.status, next()?.status], [500, 501, 502]);
  });

  it('start counting again when they are replaced', () => {
    const { next, replace } = injector({ match: { times: 1 }, fault: { status: 500 } });
    next();
    replace(rules({ match: { times: 1 }, fault: { status: 500 } }));
    assert.equal(next()?.status, 500);
  });

  it('throttle at the given rate', () => {
    const { next, pass } = injector({ fault: { throttleRatePerSecond: 2 } });
    const throttled = () => next() !== undefined;
    assert.deepEqual([throttled(), throttled(), throttled()], [false, false, true]);
    pass(499);
    assert.equal(throttled(), true);
    pass(1);
    assert.equal(throttled(), false);
  });

  it('throttle at a rate below one request per second', () => {
    const { next, pass } = injector({ fault: { throttleRatePerSecond: 0.5 } });
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
      name: 'an invalid status',
      input: { fault: { status: 99 } },
      expected: /^faults\[0\]\.fault\.status must be /,
    },
  ];
  for (const { name, input, expected } of wrong) {
    it(`are refused with ${name}`, () => {
      assert.throws(
        () => rules(input),
        (error) => error instanceof ShapeError && expected.test(error.message),
      );
    });
  }
});
