import assert from 'node:assert/strict';
import { LineSplitter, type ProcessOptions, runProcess } from './child-process.ts';

describe('lines of a stream', () => {
  const cases: { name: string; chunks: string[]; expected: string[] }[] = [
    { name: 'LF, CR LF and CR', chunks: ['a\nb\r\nc\rd\n'], expected: ['a', 'b', 'c', 'd'] },
    { name: 'a line over several chunks', chunks: ['a', 'b', '\nc\n'], expected: ['ab', 'c'] },
    { name: 'CR LF over two chunks', chunks: ['a\r', '\nb\r', 'c\n'], expected: ['a', 'b', 'c'] },
    { name: 'a last line without an end', chunks: ['a\nb'], expected: ['a', 'b'] },
    { name: 'a last CR', chunks: ['a\r'], expected: ['a'] },
    { name: 'empty lines', chunks: ['\n\na\n'], expected: ['', '', 'a'] },
    { name: 'nothing', chunks: [''], expected: [] },
  ];
  for (const { name, chunks, expected } of cases) {
    it(`are separated: ${name}`, () => {
      const lines: string[] = [];
      const splitter = new LineSplitter((line) => lines.push(line));
      for (const chunk of chunks) splitter.write(chunk);
      splitter.end();
      assert.deepEqual(lines, expected);
    });
  }
});

describe('the process of a step', () => {
  function run(body: string, options: Partial<ProcessOptions> = {}) {
    return runProcess({
      argv: [process.execPath, '-e', body],
      cwd: import.meta.dirname,
      environment: {},
      onLine: () => {},
      isDone: () => false,
      afterDoneMs: 0,
      signal: new AbortController().signal,
      afterSigintMs: 0,
      afterSigtermMs: 0,
      ...options,
    });
  }

  it('is abandoned if it continues after it reported that it is done', async () => {
    const lines: string[] = [];
    const ran = await run(`process.on('SIGINT', () => {}); setInterval(() => {}, 1000); console.log('done')`, {
      onLine: (line) => lines.push(line),
      isDone: () => lines.includes('done'),
    });
    assert.deepEqual([ran.exitCode, ran.stdout], [null, 'done\n']);
  });

  it("has a shell's exit code if a signal ended it", async () => {
    assert.equal((await run(`process.kill(process.pid, 'SIGKILL')`)).exitCode, 128 + 9);
  });

  it('decodes characters that arrive in parts', async () => {
    const ran = await run(`
      const bytes = Buffer.from('ü');
      process.stdout.write(bytes.subarray(0, 1), () => setTimeout(() => process.stdout.write(bytes.subarray(1)), 50))`);
    assert.equal(ran.stdout, 'ü');
  });

  it('cannot be started if the program does not exist', () =>
    assert.rejects(run('', { argv: ['/does/not/exist'] }), { code: 'ENOENT' }));
});
