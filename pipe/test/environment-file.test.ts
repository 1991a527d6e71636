import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Secret } from '@aws-oidc-assume/shared';
import fc from 'fast-check';
import { type EnvironmentSection, environmentFileText, sourceLine } from '../src/environment-file.ts';

const SHELLS = [['sh'], ['dash'], ['bash', '--posix'], ['bash'], ['busybox', 'sh']];
const HOSTILE = [
  "'",
  "''",
  "'\\''",
  '"',
  '\\',
  '$(touch owned)',
  '`touch owned`',
  '${HOME}',
  '!!',
  '; touch owned',
  '\u001b[31m',
  '##vso[task.setvariable variable=a]b',
  '# Variables AWS_*',
  '\t',
  ' ',
  '~',
  '*',
  'é\u{1f600}\u2028',
  '=',
  '-n',
  '%s\\n',
  '',
];

const section = (
  values: Readonly<Record<string, string>>,
  more: Partial<EnvironmentSection> = {},
): EnvironmentSection => ({
  prefix: '',
  clears: ['STALE'],
  variables: Object.entries(values).map(([name, value]) => ({ name, value: new Secret(value) })),
  once: false,
  ...more,
});

describe('the environment file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "environment file's-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What a shell has in these variables once it has read the file, and what that changed in the folder. */
  function read(shell: readonly string[], file: string, names: readonly string[]): string[] {
    const [command = '', ...args] = shell;
    const shown = names.map((name) => `printf '%s\\0' "\${${name}-unset}"`);
    const script = ['set -eu', sourceLine(file, folder), ...shown].join('\n');
    const { stdout, stderr, status } = spawnSync(command, [...args, '-c', script], {
      cwd: folder,
      env: { PATH: process.env['PATH'], STALE: 'stale' },
      // Bash reads .bashrc where its input is a socket.
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    assert.equal(status, 0, `${shell.join(' ')}: ${stderr}`);
    assert.equal(stderr, '');
    return stdout.split('\0').slice(0, -1);
  }

  it('gives every shell exactly the values, whatever they hold', function () {
    this.timeout(60_000);
    const pieces = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 8 }));
    const value = fc.array(pieces, { maxLength: 5 }).map((parts) => parts.join(''));
    const file = path.join(folder, 'env');
    fc.assert(
      fc.property(
        fc.array(
          value.filter((text) => !/[\n\r\0]/.test(text)),
          { minLength: 8, maxLength: 8 },
        ),
        (values) => {
          const named = Object.fromEntries(values.map((one, at) => [`V${at}`, one]));
          writeFileSync(file, environmentFileText('', section(named), file));
          for (const shell of SHELLS) {
            assert.deepEqual(read(shell, file, ['STALE', ...Object.keys(named)]), ['unset', ...values]);
          }
        },
      ),
      { numRuns: 30, examples: [[HOSTILE.slice(0, 8)], [HOSTILE.slice(8, 16)], [HOSTILE.slice(-8)]] },
    );
    assert.deepEqual(spawnSync('ls', ['-A', folder], { encoding: 'utf8' }).stdout, 'env\n');
  });

  it('has no value that spans lines', () => {
    for (const value of ['a\nb', 'a\rb', 'a\0b']) {
      assert.throws(() => environmentFileText('', section({ A: value }), '/env'), {
        code: 'CannotPublish',
        message: 'The value for A spans lines.',
      });
    }
  });

  it('keeps the sections of other prefixes, in their order, and replaces its own', () => {
    const file = path.join(folder, 'env');
    const write = (text: string, prefix: string, value: string) =>
      environmentFileText(text, section({ [`${prefix}AWS_REGION`]: value }, { prefix }), file);
    const text = ['A_', '', 'B_', 'A_', ''].reduce((all, prefix, at) => write(all, prefix, `${prefix}${at}`), '');
    assert.equal(
      text,
      [
        `# Written by AWS OIDC Assume. Read it with: ${sourceLine(file)}`,
        '# Variables B_AWS_*',
        "export B_AWS_REGION='B_2'",
        '# Variables A_AWS_*',
        "export A_AWS_REGION='A_3'",
        '# Variables AWS_*',
        'unset STALE',
        "export AWS_REGION='4'",
        '',
      ].join('\n'),
    );
    writeFileSync(file, text);
    for (const shell of SHELLS) {
      assert.deepEqual(read(shell, file, ['STALE', 'AWS_REGION', 'A_AWS_REGION', 'B_AWS_REGION']), [
        'unset',
        '4',
        'A_3',
        'B_2',
      ]);
    }
  });

  it('removes itself when it is to be read once, whatever its name', () => {
    for (const shell of SHELLS) {
      const file = path.join(folder, "-an 'env'");
      writeFileSync(file, environmentFileText('', section({ A: '1' }, { once: true }), file));
      assert.deepEqual(read(shell, file, ['A']), ['1']);
      assert.equal(spawnSync('ls', ['-A', folder], { encoding: 'utf8' }).stdout, '');
    }
  });
});
