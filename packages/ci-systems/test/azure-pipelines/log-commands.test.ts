import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  inertText,
  neutralizeLogCommands,
  neutralizeLogCommandsInJson,
} from '../../src/azure-pipelines/log-commands.ts';

const TEXT = fc
  .array(fc.oneof(fc.constantFrom('##vso[', '##VSO[', '##[', '#', '\u001b[1m', '\n'), fc.string({ unit: 'binary' })))
  .map((parts) => parts.join(''));

describe('log commands of Azure Pipelines', () => {
  it('do not survive in any text', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        assert.doesNotMatch(neutralizeLogCommands(text), /##vso|##\[/i);
        assert.doesNotMatch(inertText(text, 1000), /##vso|##\[|\p{Cc}/iu);
      }),
    );
  });

  it('become escapes in JSON, which keeps its values', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        const json = neutralizeLogCommandsInJson(JSON.stringify(text));
        assert.equal(JSON.parse(json), text);
        assert.doesNotMatch(json, /##vso|##\[/i);
      }),
    );
  });

  it('become escapes with full-width characters, too', () => {
    for (const text of ['＃＃vso[a]b', '#＃[group]', '##vso[a]b']) {
      const json = neutralizeLogCommandsInJson(JSON.stringify(text));
      assert.equal(JSON.parse(json), text);
      assert.doesNotMatch(json, /[#＃]{2}/);
    }
  });

  it('leave other text unchanged', () => {
    assert.equal(neutralizeLogCommands('# Heading ## two [x]'), '# Heading ## two [x]');
  });
});
