import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { processCommand } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/process-command.ts';

/** A model of the SDK for Go reading a value (config/internal/ini/strings.go, `legacyStrconv` and `unquote`). */
function readByGo(value: string): string {
  const text = value.trim();
  const [first = '', last] = [text[0], text.at(-1)];
  return text.length > 1 && (first === '"' || first === "'") && first === last ? text.slice(1, -1) : text;
}

/** A model of `cmd.exe /c` reading its command line (`cmd /?`). The executable and its arguments are not split. */
function readByCmd(line: string): string {
  const quotes = line.split('"').length - 1;
  const isKept = quotes === 2 && /^"[^&<>()@^|]*"$/.test(line) && /\s/.test(line);
  if (!line.startsWith('"') || isKept) return line;
  const last = line.lastIndexOf('"');
  return line.slice(1, last) + line.slice(last + 1);
}

/** Quotes an argument with a space as Go does, and escapes quotes in it (Go's `syscall.EscapeArg`). */
const asGoArgument = (text: string) => (/[ \t]/.test(text) ? `"${text.replaceAll('"', '\\"')}"` : text);

const SIGNS = ' \'"\\$`;&|<>()^%!~*?[]{}#=äß東é/:.-aB1'.split('');
const path_ = fc.string({ unit: fc.constantFrom(...SIGNS), minLength: 1, maxLength: 12 }).map((text) => `/${text}.js`);

describe('the command of credential_process', () => {
  const command = (node: string, folder: string, platform: NodeJS.Platform = 'linux') => {
    const pathOf = (name: string) => (platform === 'win32' ? `${folder}\\${name}` : `${folder}/${name}`);
    return processCommand({ node, script: pathOf('cp.js'), argument: pathOf('abc.state.json') }, platform, 'abc');
  };
  const posix = (node: string, script: string, argument: string) =>
    processCommand({ node, script, argument }, 'linux', 'abc').line;

  it('is read correctly by sh, even through the SDK for Go, with any paths', () => {
    fc.assert(
      fc.property(path_, path_, path_, (...words) => {
        const line = posix(...words);
        assert.equal(readByGo(line), line.trim());
        const { stdout } = spawnSync('/bin/sh', ['-c', `printf '%s\\0' ${readByGo(line)}`]);
        assert.deepEqual(stdout.toString('utf8').split('\0').slice(0, -1), words);
      }),
      { numRuns: 100 },
    );
  });

  it("is read correctly by Python's shlex, which botocore uses", function () {
    const words = fc.sample(fc.tuple(path_, path_, path_), 300);
    const program = 'import json, shlex, sys; print(json.dumps([shlex.split(line) for line in json.load(sys.stdin)]))';
    const input = JSON.stringify(words.map((three) => posix(...three)));
    const { status, stdout } = spawnSync('python3', ['-c', program], { input, encoding: 'utf8' });
    if (status !== 0) {
      console.log('      skipped: python3 is not installed');
      this.skip();
    }
    assert.deepEqual(JSON.parse(stdout), words);
  });

  it('has no quotes and no backslashes if the paths need none', () => {
    assert.equal(
      command('/usr/bin/node', '/home/vsts/work/_temp/aws-oidc-assume').line,
      '/usr/bin/node /home/vsts/work/_temp/aws-oidc-assume/cp.js /home/vsts/work/_temp/aws-oidc-assume/abc.state.json',
    );
    assert.equal(command('C:\\node.exe', 'D:\\a\\_temp\\x', 'win32').line, 'D:\\a\\_temp\\x\\abc.cmd');
  });

  for (const [folder, line] of [
    ['D:\\a\\_temp', 'D:\\a\\_temp\\abc.cmd'],
    ['C:\\my agent\\_temp', '"C:\\my agent\\_temp\\abc.cmd"'],
  ] as const) {
    it(`is one word on Windows for every reader of ${folder}`, () => {
      const commandText = command('C:\\Program Files\\nodejs\\node.exe', folder, 'win32');
      assert.equal(commandText.line, line);
      const file = `${folder}\\abc.cmd`;
      // Java, PHP, C++, .NET: `cmd.exe /c <value>`. JavaScript: `cmd.exe /d /s /c "<value>"`. Go: reads it unquoted first.
      assert.equal(readByCmd(line).replaceAll('"', ''), file);
      assert.equal(`"${line}"`.slice(1, -1), line);
      assert.equal(readByCmd(asGoArgument(readByGo(line))).replaceAll('"', ''), file);
      assert.deepEqual(commandText.warnings, []);
    });
  }

  it('runs Node through a batch file on Windows, from the folder of the file', () => {
    assert.deepEqual(command('C:\\Program Files\\100% node\\node.exe', 'D:\\t', 'linux').batch, undefined);
    assert.deepEqual(command('C:\\Program Files\\node.exe', 'D:\\t', 'win32').batch, {
      name: 'abc.cmd',
      contents: '@"C:\\Program Files\\node.exe" "%~dp0cp.js" "%~dp0abc.state.json"\r\n',
    });
  });

  it('warns on Windows about a folder whose name cmd.exe interprets, or that is not ASCII', () => {
    const warnings = (folder: string) => command('C:\\node.exe', folder, 'win32').warnings.join('\n');
    assert.match(warnings('C:\\R&D agent (x86)'), /characters that cmd\.exe acts on/);
    assert.match(warnings('C:\\Büro'), /characters other than ASCII/);
    assert.deepEqual(command('/Büro/node', '/R&D').warnings, []);
  });

  for (const folder of ['C:\\%TEMP%\\a', 'C:\\"a"', 'C:\\a\nb']) {
    it(`is refused on Windows for ${JSON.stringify(folder)}`, () => {
      assert.throws(() => command('C:\\node.exe', folder, 'win32'), { code: 'CannotPublish' });
      assert.throws(() => command(folder, 'C:\\t', 'win32'), { code: 'CannotPublish' });
    });
  }
});
