import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ATTEMPTS, attemptsTable } from './attempts.ts';

const ROOT = new URL('../../', import.meta.url);
const PAGE = fileURLToPath(new URL('docs/security.md', ROOT));
/** Attacks on the first version, by number. */
const LIST = Array.from({ length: 28 }, (_, index) => String(index + 1));

describe('the table of attacks in docs/security.md', () => {
  it('is that of the list; UPDATE_DOCS=yes writes it', () => {
    const text = readFileSync(PAGE, 'utf8');
    const [before, after] = text.split(/<!-- attacks -->[\s\S]*<!-- \/attacks -->/);
    const expected = `${before}<!-- attacks -->\n\n${attemptsTable()}\n\n<!-- /attacks -->${after}`;
    if (process.env['UPDATE_DOCS'] === 'yes') writeFileSync(PAGE, expected);
    assert.equal(readFileSync(PAGE, 'utf8'), expected);
  });

  it('has a row for every attack of the list, and ten more', () => {
    const numbers = ATTEMPTS.map(({ number }) => number);
    assert.deepEqual(
      LIST.filter((number) => !numbers.includes(number)),
      [],
    );
    assert.ok(numbers.filter((number) => number.startsWith('own ')).length >= 10);
  });

  for (const { number, attempt, tests } of ATTEMPTS) {
    it(`names tests that try it: ${number}, ${attempt}`, () => {
      for (const file of tests) {
        const text = readFileSync(new URL(file, ROOT), 'utf8');
        assert.ok(file.startsWith('test/attacks/'), file);
        // Titles name several numbers as `5, 13: …`.
        const titles = [...text.matchAll(/\b(?:it|describe)\(\s*['"`]([^:'"`]*)/g)].flatMap(([, title = '']) =>
          title.split(', '),
        );
        assert.ok(titles.includes(number), `${file} has no test of ${number}`);
      }
    });
  }
});
