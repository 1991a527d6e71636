import assert from 'node:assert/strict';
import { windowsCommand } from '../src/commands/exec/windows-command.ts';
import { ChildNotStarted } from '../src/context.ts';

const ENV = {
  Path: 'C:\\Windows;"C:\\Program Files\\nodejs";;C:\\npm',
  PathExt: '.COM;.EXE;.BAT;.CMD;.JS',
  COMSPEC: 'C:\\cmd.exe',
};

function resolve(command: string, files: readonly string[], args: readonly string[] = []) {
  const present = new Set(files.map((file) => file.toLowerCase()));
  return windowsCommand({ command, args, env: ENV }, (path) => present.has(path.toLowerCase()));
}

/** Line that cmd.exe runs after it removed the outer quotes. */
function batchLine(...args: string[]): string {
  return (resolve('cdk', ['C:\\npm\\cdk.cmd'], args).args.at(-1) ?? '').slice(1, -1);
}

describe('windowsCommand', () => {
  it('starts a shim of npm with the command interpreter', () => {
    assert.deepEqual(resolve('cdk', ['C:\\npm\\cdk', 'C:\\npm\\cdk.cmd'], ['deploy']), {
      command: 'C:\\cmd.exe',
      args: ['/e:ON', '/v:OFF', '/d', '/s', '/c', '""C:\\npm\\cdk.CMD" "deploy""'],
      windowsVerbatimArguments: true,
    });
  });

  it('starts a batch file without COMSPEC too', () => {
    const program = windowsCommand(
      { command: 'a.bat', args: [], env: { PATH: 'C:\\b' } },
      (path) => path === 'C:\\b\\a.bat',
    );
    assert.equal(program.command, 'cmd.exe');
  });

  const programs = [
    {
      name: 'the first folder of PATH',
      command: 'x',
      files: ['C:\\npm\\x.exe', 'C:\\Windows\\x.exe'],
      expected: 'C:\\Windows\\x.EXE',
    },
    {
      name: 'the first extension of PATHEXT',
      command: 'x',
      files: ['C:\\npm\\x.cmd', 'C:\\npm\\x.exe'],
      expected: 'C:\\npm\\x.EXE',
    },
    {
      name: 'a folder in quotes',
      command: 'node',
      files: ['C:\\Program Files\\nodejs\\node.exe'],
      expected: 'C:\\Program Files\\nodejs\\node.EXE',
    },
    {
      name: 'the exact name if it has an extension',
      command: 'node.exe',
      files: ['C:\\npm\\node.exe'],
      expected: 'C:\\npm\\node.exe',
    },
    { name: 'a path as it is', command: '.\\tool', files: ['.\\tool.exe'], expected: '.\\tool.EXE' },
    { name: 'nothing in the current folder', command: 'tool', files: ['tool.exe', '.\\tool.exe'], expected: 'tool' },
    { name: 'nothing that is missing', command: 'tool', files: [], expected: 'tool' },
  ];
  for (const { name, command, files, expected } of programs) {
    it(`finds ${name}`, () => {
      assert.deepEqual(resolve(command, files, ['a "b"']), { command: expected, args: ['a "b"'] });
    });
  }

  const lines = [
    { args: ['a b', ''], expected: '"a b" ""' },
    { args: ['a&b|c>d^e'], expected: '"a&b|c>d^e"' },
    // A doubled quote keeps the rest inside quotes at every parse.
    { args: ['" & calc & "'], expected: '""" & calc & """' },
    { args: ['C:\\dir\\'], expected: '"C:\\dir\\\\"' },
    { args: ['\\"'], expected: '"\\\\"""' },
    { args: ['%PATH%'], expected: '"%%cd:~,%PATH%%cd:~,%"' },
  ];
  for (const { args, expected } of lines) {
    it(`quotes ${JSON.stringify(args)} for a batch file`, () => {
      assert.equal(batchLine(...args), `"C:\\npm\\cdk.CMD" ${expected}`);
    });
  }

  for (const text of ['a\nb', 'a\rb', 'a\0b']) {
    it(`refuses ${JSON.stringify(text)} for a batch file, and accepts it for a program`, () => {
      assert.throws(() => batchLine(text), ChildNotStarted);
      assert.deepEqual(resolve('x', ['C:\\npm\\x.exe'], [text]).args, [text]);
    });
  }
});
