// Installs the dependencies of package.json's scripts. If everything is installed, it only compares.
//   node scripts/install.mjs   everything
// The demo installs its part with `install(DEMO)`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Packages that build and run the demo, with their dependencies. */
export const DEMO = ['scripts', 'test-support', 'pipe', 'ado-extension', 'cli', 'emulator'].map(
  (name) => `--filter=@aws-oidc-assume/${name}...`,
);

/** Variable for scripts that another script runs, when everything is already installed. */
const INSTALLED = 'AWS_OIDC_ASSUME_INSTALLED';

/**
 * Runs `pnpm install`. Ends this process if that fails.
 *
 * @param {readonly string[]} filters packages to install; empty for all
 */
export function install(filters = []) {
  if (process.env[INSTALLED] === 'yes') return;
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
