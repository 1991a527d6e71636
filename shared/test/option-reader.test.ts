import assert from 'node:assert/strict';
import { OptionReader } from '../src/options/reader.ts';
import { Problem } from '../src/options/values.ts';

describe('the reader of options', () => {
  const reader = () => new OptionReader({ a: { name: 'A', value: 'x' } });

  it('collects the problems of its parsers', () => {
    const options = reader();
    const parse = (): never => {
      throw new Problem('is wrong');
    };
    assert.equal(options.one('a', parse), undefined);
    assert.deepEqual(options.problems, [{ option: 'A', message: 'is wrong' }]);
  });

  it('rethrows a bug of a parser', () => {
    const parse = (): never => {
      throw new TypeError('a bug');
    };
    assert.throws(() => reader().one('a', parse), TypeError);
  });
});
