import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ATTEMPTS, attemptsTable } from './attempts.ts';

const ROOT = new URL('../../', import.meta.url);
const PAGE = fileURLToPath(new URL('docs/security.md', ROOT));

describe('the table of attacks in docs/security.md', () => {
  it('equals the list; UPDATE_DOCS=yes writes it', () => {
    const text = readFileSync(PAGE, 'utf8');
    const [before, after] = text.split(/<!-- attacks -->[\s\S]*<!-- \/attacks -->/);
    const expected = `${before}<!-- attacks -->\n\n${attemptsTable()}\n\n<!-- /attacks -->${after}`;
    if (process.env['UPDATE_DOCS'] === 'yes') writeFileSync(PAGE, expected);
    assert.equal(readFileSync(PAGE, 'utf8'), expected);
  });

  for (const { attempt, test } of ATTEMPTS) {
    it(`names an existing test: ${attempt}`, () => {
      assert.ok(existsSync(new URL(test, ROOT)), test);
    });
  }
});
