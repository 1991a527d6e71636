import assert from 'node:assert/strict';
import { Secret } from '@aws-oidc-assume/shared';
import fc from 'fast-check';
import { parseCommand } from '../../test/support/azure-agent/command.ts';
import { inert, summaryLine, TaskLog } from '../AwsOidcAssume/AwsOidcAssumeV1/src/agent/log.ts';
import { escaped } from './task-command.ts';

const ANYTHING = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '##vso[',
        '##VSO[',
        '##[',
        '#',
        '\u0000',
        '\u200b',
        '\u034f',
        '\u0610',
        '＃',
        'ｖｓｏ［',
        '\r',
        '\n',
        '\u0085',
        '\u001b[1m',
        ']',
        ';',
        '%0A',
      ),
      fc.constant('task.setvariable variable=X]Y'),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
  )
  .map((parts) => parts.join(''));

describe('the log of the task', () => {
  const lines: string[] = [];
  const log = new TaskLog(
    (name, properties, data) => void lines.push(escaped(name, properties, data)),
    (line) => void lines.push(line),
  );

  it('makes one line of any text, which the agent treats as text', () => {
    fc.assert(
      fc.property(ANYTHING, (text) => {
        const line = inert(text);
        assert.equal(parseCommand(line), undefined);
        assert.ok(!/##\[/.test(line) && !/\p{Cc}/u.test(line), JSON.stringify(line));
      }),
      { numRuns: 2000 },
    );
  });

  it('prints only its own commands and formats', () => {
    fc.assert(
      fc.property(ANYTHING, (text) => {
        lines.length = 0;
        log.info(text);
        log.failure({ headline: text, fix: [text], facts: [text], details: [text] });
        log.warning(text);
        log.debug(text);
        const loggedCommands = lines.map((line) => {
          const command = parseCommand(line);
          return command === undefined || command === 'malformed' ? command : `${command.area}.${command.event}`;
        });
        const plain = Array.from({ length: 5 }, () => undefined);
        assert.deepEqual(loggedCommands, [undefined, 'task.issue', ...plain, 'task.issue', 'task.debug']);
        assert.deepEqual(
          lines.map((line) => /^##\[\w+\]/.exec(line)?.[0]),
          [undefined, undefined, undefined, '##[group]', undefined, undefined, '##[endgroup]', undefined, undefined],
        );
      }),
      { numRuns: 500 },
    );
  });

  it('breaks a command with any character in it that a culture of ICU ignores', () => {
    const cultures = ['en', 'ja'].map((locale) => new Intl.Collator(locale, { sensitivity: 'variant' }));
    const isIgnored = (character: string) =>
      cultures.some((culture) => culture.compare(`#${character}#`, '##') === 0 || /[\p{M}\p{C}]/u.test(character));
    const codePoints = Array.from({ length: 0x1_1000 }, (_, index) => index).filter(
      (index) => index < 0xd800 || index > 0xdfff,
    );
    const ignored = [...codePoints, 0xe0001, 0xe0041, 0xe01ef]
      .map((index) => String.fromCodePoint(index))
      .filter(isIgnored);
    const knownCommand = new Set(ignored);
    assert.ok(knownCommand.has('\u0640') && ignored.length > 1500, `${ignored.length}`);
    for (const mark of ignored) {
      for (const text of [
        `#${mark}#vso[task.x]`,
        `##${mark}vso[task.x]`,
        `##v${mark}so[task.x]`,
        `##vso${mark}[task.x]`,
      ]) {
        const seen = [...inert(text)].filter((character) => !knownCommand.has(character)).join('');
        assert.ok(!seen.includes('##vso'), `U+${mark.codePointAt(0)?.toString(16)}: ${inert(text)}`);
      }
    }
  });

  it('keeps text readable that only looks like a command', () => {
    assert.equal(inert('a ##vso[task.complete]b'), 'a #·#vso[task.complete]b');
    assert.equal(inert('  issue ## 7'), '  issue ## 7');
  });

  it('registers a secret unchanged', () => {
    lines.length = 0;
    log.mask(new Secret('a%b;c]d'));
    const command = parseCommand(lines[0] ?? '');
    assert.ok(typeof command === 'object' && command.data === 'a%b;c]d');
  });
});

describe('the error of a failed step', () => {
  const errorOf = (...[first = '', ...more]: string[]) =>
    summaryLine({ headline: 'Cause.', fix: [first, ...more], facts: [], details: [] });

  it('has the cause and the first line of the fix', () => {
    assert.equal(errorOf('Fix: Do this.', '  Otherwise that.'), 'Cause. Fix: Do this.');
  });

  it('has the lines that the first one announces', () => {
    const error = errorOf('Fix: Correct each of them:', '  a is missing.', '  b is x.');
    assert.equal(error, 'Cause. Fix: Correct each of them: a is missing. b is x.');
  });

  it('has no text to copy: joined to a sentence it would not work', () => {
    const command = '    aws iam x';
    assert.equal(errorOf('Fix: Run:', command), 'Cause. Fix: Run (see the log).');
    assert.equal(errorOf('Fix: Run:', command, '  If it exists:', command), 'Cause. Fix: Run (see the log).');
  });
});
