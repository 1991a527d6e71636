import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { skipBecause, skipEvenInCi } from '../../support/tools.ts';
import { awsOidc } from './aws-oidc.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const EXAMPLES = path.join(ROOT, 'examples');
const SYSTEMS = ['bitbucket', 'azure-devops'] as const;

/** Generated files below examples/ with that ending. */
function files(ending: string): string[] {
  const paths = SYSTEMS.flatMap((system) =>
    readdirSync(path.join(EXAMPLES, system), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(ending))
      .map((file) => path.join(EXAMPLES, system, file)),
  );
  assert.ok(paths.length > 0, `no example ends in ${ending}`);
  return paths;
}

function run(command: string, args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const { TF_CLI_CONFIG_FILE: _, ...env } = process.env;
  return spawnSync(command, [...args], { encoding: 'utf8', cwd: ROOT, ...options, env: { ...env, ...options.env } });
}

/** Skips the test if a tool is missing; under CI only if no package of Debian contains it. */
function needs(context: Mocha.Context, command: string, { everywhere }: { everywhere: boolean }): void {
  const { error, status } = run(command, ['--version']);
  if (error === undefined && status === 0) return;
  const reason = `${command} is not installed`;
  if (everywhere) skipBecause(context, reason);
  skipEvenInCi(context, reason);
}

describe('examples', () => {
  it('equal the output of the package', () => {
    const { status, stderr } = run(process.execPath, ['--import', 'tsx', 'scripts/examples.ts', '--check']);
    assert.equal(status, 0, stderr);
  });

  it('have shell scripts without findings of shellcheck', function () {
    needs(this, 'shellcheck', { everywhere: true });
    const { status, stdout } = run('shellcheck', files('.sh'));
    assert.equal(status, 0, stdout);
  });

  it('have templates without findings of cfn-lint', function () {
    needs(this, 'cfn-lint', { everywhere: false });
    const { status, stdout, stderr } = run('cfn-lint', files('.yaml'));
    assert.equal(status, 0, stdout + stderr);
  });

  it('have configurations in the format of terraform fmt', function () {
    needs(this, 'terraform', { everywhere: false });
    const { status, stdout, stderr } = run('terraform', ['fmt', '-check', '-diff', '-recursive', EXAMPLES]);
    assert.equal(status, 0, stdout + stderr);
  });

  it('have trust policies without lint findings', async () => {
    for (const file of files('.sh')) {
      const [, policy] = /--assume-role-policy-document '([^']+)'/.exec(readFileSync(file, 'utf8')) ?? [];
      const { status, stdout } = await awsOidc(['trust', 'lint', '-', '--json'], { stdin: policy ?? '' });
      assert.deepEqual([status, JSON.parse(stdout)], [0, { findings: [] }], file);
    }
  });
});
