import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readState } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/renewal-state.ts';

describe('the state for credential-process', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'renewal-state-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const { name, text, expected } of [
    { name: 'cut short', text: '{"version":1,"token":{"accessToken":"sesame"', expected: /is not JSON/ },
    { name: 'changed', text: '{"token":sesame}', expected: /is not JSON/ },
    { name: 'of another version', text: '{"version":2,"token":"sesame"}', expected: /is of another version/ },
    { name: 'something else', text: '"sesame"', expected: /is of another version/ },
    { name: 'not there', text: undefined, expected: /cannot be read \(ENOENT\)/ },
  ]) {
    it(`is refused without quoting its content: ${name}`, async () => {
      const file = path.join(folder, `${name}.state.json`);
      if (text !== undefined) writeFileSync(file, text);
      await assert.rejects(readState(file), ({ message }: Error) => {
        assert.match(message, expected);
        return !message.includes('sesame');
      });
    });
  }
});
