import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { completionScript, SHELLS } from '../src/cli/completion.ts';
import { COMMANDS } from '../src/commands/index.ts';

/** What bash itself would offer for a line that ends at the cursor. */
function offered(...words: string[]): string[] {
  const script = `${completionScript('bash', COMMANDS)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_aws_oidc
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  return stdout.split('\n').filter((line) => line !== '');
}

describe('completion', () => {
  const cases = [
    { words: ['aws-oidc', 'ins'], expected: ['inspect'] },
    { words: ['aws-oidc', 'trust', ''], expected: ['generate', 'lint', 'evaluate'] },
    { words: ['aws-oidc', 'trust', 'lint', '--is'], expected: ['--issuer'] },
    { words: ['aws-oidc', 'trust', 'generate', 'bit'], expected: ['bitbucket'] },
    { words: ['aws-oidc', 'trust', 'generate', 'bitbucket', '--format', 'ter'], expected: ['terraform'] },
    { words: ['aws-oidc', 'exec', '--role-'], expected: ['--role-arn'] },
    { words: ['aws-oidc', 'inspect', '--session-name', ''], expected: [] },
    { words: ['aws-oidc', 'completion', 'z'], expected: ['zsh'] },
  ];
  for (const { words, expected } of cases) {
    it(`bash offers ${expected.join(', ') || 'nothing'} after ${words.join(' ')}`, () => {
      assert.deepEqual(offered(...words), expected);
    });
  }

  it('bash offers commands after --', () => {
    assert.ok(offered('aws-oidc', 'exec', '--', 'printen').includes('printenv'));
  });

  it('bash offers files for an option that takes one', () => {
    assert.ok(offered('aws-oidc', 'explain', '--policy', '/etc/host').some((file) => file.startsWith('/etc/host')));
  });

  for (const shell of SHELLS) {
    it(`${shell} knows every command and option`, () => {
      const script = completionScript(shell, COMMANDS);
      for (const { name, options } of COMMANDS) {
        for (const word of name.split(' ')) assert.ok(script.includes(word), word);
        for (const option of Object.keys(options)) {
          assert.ok(script.includes(shell === 'fish' ? `-l ${option} ` : `--${option}`), `${name} --${option}`);
        }
      }
    });
  }
});
