import assert from 'node:assert/strict';
import { isCi } from './tools.ts';

describe('a tool that is missing', () => {
  const cases: [string | undefined, boolean][] = [
    [undefined, false],
    ['', false],
    ['false', false],
    ['0', false],
    ['true', true],
    ['1', true],
    ['woodpecker', true],
  ];
  for (const [value, expected] of cases) {
    it(`${expected ? 'fails' : 'skips'} a suite with CI=${value}`, () => assert.equal(isCi(value), expected));
  }
});
