import assert from 'node:assert/strict';
import fc from 'fast-check';
import { inert, json, plain } from '../src/cli/print.ts';

/** Characters that would move a cursor, begin a line, hide text, or form a command of an agent. */
const HARMFUL = /[\p{Cc}\p{Cf}\u2028\u2029]|##vso|##\[/iu;

describe('printing text from outside', () => {
  it('removes control characters', () => {
    assert.equal(plain('a\u001b[31mb\u0007\r\nc\u202ed'), 'ab c\\u202ed');
  });

  it('makes commands of Azure Pipelines inert, in any case', () => {
    assert.doesNotMatch(plain('x ##vso[task.setvariable variable=a]b ##[error]c ##VSO[d]'), /##vso|##\[/i);
  });

  it('does not change other text', () => {
    assert.equal(inert('# Heading ## two [x]'), '# Heading ## two [x]');
  });

  it('writes JSON that is harmless to print and keeps every value', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('##vso[task.complete]', '##[error]', '\u009b31m', '\u202e', 'a\nb', '###[x', '{1f0c}:*'),
    );
    fc.assert(
      fc.property(fc.dictionary(text, fc.array(text)), (value) => {
        const printed = json(value);
        assert.deepEqual(JSON.parse(printed), JSON.parse(JSON.stringify(value)));
        assert.doesNotMatch(printed.replaceAll('\n', ''), HARMFUL);
      }),
    );
  });
});
