import assert from 'node:assert/strict';
import { optionFiles } from '../../scripts/options.ts';

describe('the table of options', () => {
  for (const { file, present, right } of optionFiles()) {
    it(`equals ${file} (if not, run npx pnpm options)`, () => assert.equal(present, right));
  }
});
