// Installs what the scripts of package.json need. With everything installed it only compares.
//   node scripts/install.mjs   everything
// The demo installs its part with `install(DEMO)`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What builds and runs the demo, and what these packages depend on. */
export const DEMO = ['scripts', 'test-support', 'pipe', 'ado-extension', 'cli', 'emulator'].map(
  (name) => `--filter=@aws-oidc-assume/${name}...`,
);

/** Set for the scripts that another script runs, because everything is installed then. */
const DONE = 'AWS_OIDC_ASSUME_INSTALLED';

/**
 * Runs `pnpm install`, and ends this process if that fails.
 *
 * @param {readonly string[]} filters packages to install; all without one
 */
export function install(filters = []) {
  if (process.env[DONE] === 'yes') return;
  const args = [...filters, 'install', '--reporter=append-only', ...(process.env.CI ? ['--frozen-lockfile'] : [])];
  const { status, stdout, stderr, error } = spawnSync('pnpm', args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error(error?.message ?? `${stdout}${stderr}`);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) install();
