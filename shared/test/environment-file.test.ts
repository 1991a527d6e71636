import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { Secret } from '../src/core/secret.ts';
import { KNOWN_VARIABLES } from '../src/publish/aws-environment.ts';
import { type EnvironmentSection, environmentFile } from '../src/publish/environment-file.ts';
import { shellWord, sourceLine } from '../src/publish/posix-shell.ts';

const SHELLS = [['sh'], ['dash'], ['bash', '--posix'], ['bash'], ['busybox', 'sh'], ['zsh'], ['mksh'], ['yash']].filter(
  ([command = '', ...args]) => {
    const isThere = spawnSync(command, [...args, '-c', ':']).status === 0;
    if (!isThere && process.env['CI'] === 'true' && ['busybox', 'zsh'].includes(command))
      throw new Error(`${command} is not installed; .ci/run provides it`);
    if (!isThere) console.log(`      ${command} is not installed: not tried with it`);
    return isThere;
  },
);
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
const NAMES = [...KNOWN_VARIABLES].slice(0, 8);

const section = (
  values: Readonly<Record<string, string>>,
  more: Partial<EnvironmentSection> = {},
): EnvironmentSection => ({
  prefix: '',
  clears: ['AWS_PROFILE'],
  variables: Object.entries(values).map(([name, value]) => ({ name, value: new Secret(value) })),
  once: false,
  ...more,
});

describe('the environment file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "environment file's-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const fileIn = (...locations: string[]) => environmentFile({ name: 'env', note: '', locations });

  function run(shell: readonly string[], script: string, cwd = folder) {
    const [command = '', ...args] = shell;
    return spawnSync(command, [...args, '-c', script], {
      cwd,
      env: { PATH: process.env['PATH'], AWS_PROFILE: 'stale' },
      // Bash reads .bashrc if its input is a socket.
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
  }

  /** Values of these variables in a shell that has read the file. */
  function read(shell: readonly string[], file: string, names: readonly string[]): string[] {
    const printCommands = names.map((name) => `printf '%s\\0' "\${${name}-unset}"`);
    const { stdout, stderr, status } = run(shell, ['set -eu', sourceLine(file, folder), ...printCommands].join('\n'));
    assert.equal(status, 0, `${shell.join(' ')}: ${stderr}`);
    assert.equal(stderr, '');
    return stdout.split('\0').slice(0, -1);
  }

  it('gives every shell the exact values, with any characters, and reads them back', function () {
    this.timeout(120_000);
    const pieces = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 8 }));
    const value = fc.array(pieces, { maxLength: 5 }).map((parts) => parts.join(''));
    const file = path.join(folder, 'env');
    const environment = fileIn();
    fc.assert(
      fc.property(
        fc.array(
          value.filter((text) => !/[\n\r\0]/.test(text)),
          { minLength: 8, maxLength: 8 },
        ),
        (values) => {
          const byName = Object.fromEntries(NAMES.map((name, index) => [name, values[index] ?? '']));
          const text = environment.text(undefined, section(byName, { clears: ['AWS_REGION'] }));
          writeFileSync(file, text);
          for (const shell of SHELLS) {
            assert.deepEqual(read(shell, file, ['AWS_REGION', ...NAMES]), ['unset', ...values]);
          }
          assert.equal(environment.kind.accepts(text), true);
          // A call with another prefix does not change the first section.
          const both = environment.text(text, section({ A_AWS_REGION: '1' }, { prefix: 'A_' }));
          assert.equal(both.split('# Variables A_AWS_*\n')[0], text);
        },
      ),
      { numRuns: 30, examples: [[HOSTILE.slice(0, 8)], [HOSTILE.slice(8, 16)], [HOSTILE.slice(-8)]] },
    );
    assert.deepEqual(readdirSync(folder), ['env']);
  });

  it('rejects a value that spans lines, and a variable of another kind', () => {
    for (const value of ['a\nb', 'a\rb', 'a\0b']) {
      assert.throws(() => fileIn().text(undefined, section({ AWS_REGION: value })), {
        code: 'CannotPublish',
        message: 'The value for AWS_REGION spans lines.',
      });
    }
    assert.throws(() => fileIn().text(undefined, section({ PATH: '/' })), { code: 'Internal' });
  });

  it('keeps the sections of other prefixes, in their order, and replaces its own', () => {
    const environment = fileIn();
    const write = (text: string | undefined, prefix: string, value: string) =>
      environment.text(text, section({ [`${prefix}AWS_REGION`]: value }, { prefix }));
    const prefixes = ['A_', '', 'B_', 'A_', ''];
    const text = prefixes.reduce<string | undefined>(
      (all, prefix, index) => write(all, prefix, `${prefix}${index}`),
      undefined,
    );
    assert.equal(
      text,
      [
        '# Variables B_AWS_*',
        "export B_AWS_REGION='B_2'",
        '# Variables A_AWS_*',
        "export A_AWS_REGION='A_3'",
        '# Variables AWS_*',
        text?.split('\n').find((line) => line.startsWith('case ')),
        'unset AWS_PROFILE',
        "export AWS_REGION='4'",
        '',
      ].join('\n'),
    );
    const file = path.join(folder, 'env');
    writeFileSync(file, text);
    for (const shell of SHELLS) {
      assert.deepEqual(read(shell, file, ['AWS_PROFILE', 'AWS_REGION', 'A_AWS_REGION', 'B_AWS_REGION']), [
        'unset',
        '4',
        'A_3',
        'B_2',
      ]);
    }
  });

  const HEADING = '# Variables Z_AWS_*';
  for (const line of [
    'aws() { echo owned; }',
    'export PATH=/tmp/evil',
    "export PATH='/tmp/evil'",
    "export Z_PATH='/tmp/evil'",
    "export BASH_ENV='/tmp/evil'",
    "export Z_AWS_REGION='a'; echo owned",
    "export Z_AWS_REGION='a'$(echo owned)",
    'export Z_AWS_REGION="a"',
    'export Z_AWS_REGION=a',
    "export  Z_AWS_REGION='a'",
    " export Z_AWS_REGION='a'",
    "Z_AWS_REGION='a'",
    'unset PATH',
    'unset AWS_PROFILE; echo owned',
    'unset -f aws',
    '. /tmp/evil',
    '# a comment',
    HEADING,
    "export Z_AWS_REGION='a'\r",
    `unset ${'AWS_PROFILE '.repeat(5000)}!`,
    `export Z_AWS_REGION='${"'\\''".repeat(5000)}`,
  ]) {
    it(`is refused as a whole for a line such as ${JSON.stringify(line.slice(0, 60))}`, () => {
      const { accepts } = fileIn().kind;
      assert.equal(accepts(`${HEADING}\nexport Z_AWS_REGION='a'\n`), true);
      assert.equal(accepts(`${HEADING}\n${line}\n`), false);
      assert.equal(accepts(`${line}\n${HEADING}\n`), false);
    });
  }

  describe('with self-removal', () => {
    const once = (...locations: string[]) =>
      fileIn(...locations).text(undefined, section({ AWS_REGION: '1' }, { once: true }));

    it('is removed after reading, with any name', () => {
      for (const shell of SHELLS) {
        const file = path.join(folder, "-an 'env'");
        writeFileSync(file, once(shellWord(file)));
        assert.deepEqual(read(shell, file, ['AWS_REGION']), ['1']);
        assert.deepEqual(readdirSync(folder), []);
      }
    });

    it('is removed too if the shell sees it at another place', () => {
      for (const shell of SHELLS) {
        writeFileSync(path.join(folder, 'env'), once("'/not/here/env'", '"${CLONE:-.}"/env', './env'));
        assert.deepEqual(read(shell, path.join(folder, 'env'), ['AWS_REGION']), ['1']);
        assert.deepEqual(readdirSync(folder), []);
      }
    });

    it('reports an error, and fails, if it cannot be found', () => {
      for (const shell of SHELLS) {
        writeFileSync(path.join(folder, 'env'), once("'/not/here/env'"));
        const { status, stderr, stdout } = run(shell, 'set -e\n. ./env\necho on');
        assert.notEqual(status, 0, shell.join(' '));
        assert.match(stderr, /EXPOSE_ONCE did not work/);
        assert.equal(stdout, '');
        assert.deepEqual(readdirSync(folder), ['env']);
      }
    });

    it('is recognised when it is read back', () => {
      const environment = fileIn('./env');
      const text = environment.text(undefined, section({ AWS_REGION: '1' }, { once: true }));
      assert.equal(environment.kind.accepts(text), true);
      const both = environment.text(text, section({ A_AWS_REGION: '1' }, { prefix: 'A_' }));
      assert.ok(both.startsWith(text));
      assert.equal(fileIn('./other').kind.accepts(text), false);
    });
  });

  it('has no secrets after they are cleared', () => {
    assert.equal(fileIn().kind.withoutSecrets("export AWS_SECRET_ACCESS_KEY='x'\n"), '');
  });
});
