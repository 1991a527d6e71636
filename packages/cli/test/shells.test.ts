import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fishWord, powerShellWord, SHELL_SYNTAX } from '../src/commands/env/shells.ts';

const VALUES = [
  '',
  'plain',
  "it's",
  'two  spaces',
  '"double"',
  'back\\slash\\',
  "\\'",
  '$HOME $(id) `id` (id) {a,b} * ? ~ #',
  'line\nbreak\ttab',
  'ü ‘curly’ ‚low‛',
  '-e',
];

describe('shell syntax', () => {
  it('keeps every value in a real fish', function () {
    if (spawnSync('fish', ['-c', 'true']).status !== 0) {
      if (process.env['CI'] === 'true') throw new Error('fish is missing: install it');
      console.log('      skipped: there is no fish here');
      return this.skip();
    }
    const script = VALUES.map((value) => `printf '%s\\0' ${fishWord(value)}`).join('\n');
    const { stdout, stderr, status } = spawnSync('fish', ['-N', '-c', script], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.deepEqual(stdout.split('\0').slice(0, -1), VALUES);
  });

  // about_Quoting_Rules; PowerShell's EscapeSingleQuotedStringContent doubles typographic quotes.
  const powerShell = [
    { value: '', expected: "''" },
    { value: 'plain', expected: "'plain'" },
    { value: "it's", expected: "'it''s'" },
    { value: '$env:PATH $(id) `n "x"', expected: `'$env:PATH $(id) \`n "x"'` },
    { value: '\u2018\u2019\u201a\u201b', expected: "'\u2018\u2018\u2019\u2019\u201a\u201a\u201b\u201b'" },
    { value: 'line\nbreak', expected: "'line\nbreak'" },
  ];
  for (const { value, expected } of powerShell) {
    it(`quotes ${JSON.stringify(value)} for PowerShell`, () => assert.equal(powerShellWord(value), expected));
  }

  for (const [name, { set }] of Object.entries(SHELL_SYNTAX)) {
    it(`refuses NUL for ${name}`, () => assert.throws(() => set('NAME', 'a\0b'), RangeError));
  }
});
