import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { skipWithout } from '../../support/tools.ts';
import { awsOidc, BUNDLE } from './aws-oidc.ts';
import { complete } from './completing-shell.ts';

/** Terms in a section of the help: `trust lint`, `--role-arn`. */
async function helpTerms(section: 'Commands' | 'Options', ...command: string[]): Promise<string[]> {
  const { stdout } = await awsOidc(['help', ...command]);
  const [, body = ''] = new RegExp(`^${section}:\\n((?:  .*\\n)+)`, 'm').exec(stdout) ?? [];
  return [...body.matchAll(/^ {2}(?:-\w, )?(\S(?:\S| (?!\s|<))*)/gm)].map(([, term = '']) => term.trim());
}

describe('aws-oidc completion', function () {
  this.timeout(120_000);
  let home: string;
  let env: NodeJS.ProcessEnv;
  let commands: string[];

  before(async () => {
    // Typed into a shell, so without a blank, which the temporary folder of a user may have.
    home = mkdtempSync('/tmp/completion-');
    const program = `#!/bin/sh\nexec '${process.execPath}' '${BUNDLE}' "$@"\n`;
    writeFileSync(path.join(home, 'aws-oidc'), program, { mode: 0o755 });
    writeFileSync(path.join(home, 'policy one.json'), '{}');
    env = { PATH: `${home}:${process.env['PATH']}`, HOME: home, TMPDIR: home };
    commands = (await helpTerms('Commands')).filter((name) => name !== 'help');
    assert.ok(commands.includes('trust lint'));
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    describe(shell, () => {
      before(function () {
        skipWithout(this, shell);
      });

      it('offers exactly the options in the help of each command', async () => {
        const expected: Record<string, string[]> = {};
        for (const name of commands) expected[name] = (await helpTerms('Options', ...name.split(' '))).sort();
        const offered = await complete(
          shell,
          commands.map((name) => `aws-oidc ${name} --`),
          env,
        );
        assert.deepEqual(
          Object.fromEntries(commands.map((name, index) => [name, [...(offered[index] ?? [])].sort()])),
          expected,
        );
      });

      const cases: readonly { line: string; expected: readonly string[] }[] = [
        { line: 'aws-oidc ins', expected: ['inspect'] },
        { line: 'aws-oidc trust ', expected: ['evaluate', 'generate', 'lint'] },
        { line: 'aws-oidc help trust l', expected: ['lint'] },
        { line: 'aws-oidc trust lint --is', expected: ['--issuer'] },
        { line: 'aws-oidc trust lint --role-arn x --is', expected: ['--issuer'] },
        { line: 'aws-oidc inspect --is', expected: [] },
        { line: 'aws-oidc inspect --session-name ', expected: [] },
        { line: 'aws-oidc trust generate bit', expected: ['bitbucket'] },
        {
          line: 'aws-oidc trust generate bitbucket --format ',
          expected: ['aws-cli', 'cloudformation', 'json', 'terraform'],
        },
        { line: 'aws-oidc completion z', expected: ['zsh'] },
        { line: 'aws-oidc explain --policy /etc/hostnam', expected: ['/etc/hostname'] },
        { line: 'aws-oidc trust lint /etc/hostnam', expected: ['/etc/hostname'] },
        { line: 'aws-oidc exec -- printen', expected: ['printenv'] },
        { line: 'aws-oidc exec --region x -- printenv /etc/hostnam', expected: ['/etc/hostname'] },
      ];
      it('offers subcommands, choices, files and programs in their places', async () => {
        const offered = await complete(
          shell,
          cases.map(({ line }) => line),
          env,
        );
        assert.deepEqual(
          cases.map(({ line }, index) => ({ line, expected: [...(offered[index] ?? [])].sort() })),
          cases,
        );
      });

      it('quotes a file name with a space', async () => {
        const [offered] = await complete(shell, [`aws-oidc trust lint ${home}/policy`], env);
        assert.deepEqual(
          offered?.map((file) => file.replaceAll('\\', '')),
          [`${home}/policy one.json`],
        );
      });
    });
  }
});
