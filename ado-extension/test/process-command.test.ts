import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { isReadAlike, processCommand } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/process-command.ts';

/**
 * How programs of Windows read their command line (Microsoft, "Parsing C command-line arguments"), and botocore there:
 * backslashes escape only before a double quote.
 */
function splitAsOnWindows(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const [backslashes = ''] = /^\\*/.exec(line.slice(at)) ?? [];
    const next = line[at + backslashes.length];
    if (backslashes !== '') {
      const isEscape = next === '"';
      word = (word ?? '') + '\\'.repeat(isEscape ? Math.floor(backslashes.length / 2) : backslashes.length);
      at += backslashes.length - 1;
      if (isEscape && backslashes.length % 2 === 1) {
        word += '"';
        at++;
      }
    } else if (line[at] === '"') {
      quoted = !quoted;
      word ??= '';
    } else if (/[ \t]/.test(line[at] ?? '') && !quoted) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + line[at];
    }
  }
  return word === undefined ? words : [...words, word];
}

const SIGNS = fc.constantFrom(...' \'"\\$`;&|<>()^%!~*?[]{}#=äß東é/:.-aB1'.split(''));
const WORDS = fc.array(fc.string({ unit: SIGNS, minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 });

describe('the command of credential_process', () => {
  it('is read back by a POSIX shell, whatever the paths hold', () => {
    fc.assert(
      fc.property(WORDS, (words) => {
        const { stdout } = spawnSync('/bin/sh', ['-c', `printf '%s\\0' ${processCommand(words, 'linux')}`]);
        assert.deepEqual(stdout.toString('utf8').split('\0').slice(0, -1), words);
      }),
      { numRuns: 100 },
    );
  });

  it('is read back by programs of Windows, and holds nothing that cmd.exe acts on', () => {
    const ofWindows = fc.string({
      unit: SIGNS.filter((sign) => !'"%<>|?*/'.includes(sign)),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(ofWindows, { minLength: 1, maxLength: 4 }), (words) => {
        const line = processCommand(words, 'win32');
        assert.deepEqual(splitAsOnWindows(line), words);
        assert.match(line, /^"[^"%]*"(?: "[^"%]*")*$/);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps drive letters, spaces and backslashes of Windows', () => {
    assert.equal(
      processCommand(['C:\\Program Files\\node.exe', 'D:\\a\\_temp\\renewal.js', 'D:\\a\\'], 'win32'),
      '"C:\\Program Files\\node.exe" "D:\\a\\_temp\\renewal.js" "D:\\a\\\\"',
    );
  });

  for (const word of ['C:\\%TEMP%\\a', 'C:\\"a"', 'C:\\a\nb']) {
    it(`is not made on Windows of ${JSON.stringify(word)}`, () => {
      assert.throws(() => processCommand([word], 'win32'), { code: 'CannotPublish' });
    });
  }

  it('is read alike by all on Windows only where it is ASCII', () => {
    assert.equal(isReadAlike('"C:\\a b" "D:\\x"', 'win32'), true);
    assert.equal(isReadAlike('"C:\\Büro"', 'win32'), false);
    assert.equal(isReadAlike("'/home/Büro'", 'darwin'), true);
  });
});
