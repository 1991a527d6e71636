// Installs the dependencies of the constructs and their tests. They are not in the repository's workspace, because CDK
// and jsii are large and nothing else needs them.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs `pnpm install` in this package. Only compares if everything is installed.
 *
 * @returns {string | undefined} the reason why it could not be installed
 */
export function installCdk() {
  const [command, ...args] = pnpm();
  const { status, stdout, stderr, error } = spawnSync(command, [...args, 'install', '--frozen-lockfile'], {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status === 0) return undefined;
  const lines = `${stdout ?? ''}\n${stderr ?? ''}`.trim().split('\n');
  return error?.message ?? lines.find((line) => line.includes('ERR')) ?? lines.at(-1);
}

/** Command of the pnpm that runs this process (a script or a program), otherwise of the one that the README names. */
function pnpm() {
  const running = process.env.npm_execpath ?? '';
  if (!/pnpm/.test(running)) return ['npx', '--yes', 'pnpm@12'];
  return /\.[cm]?js$/.test(running) ? [process.execPath, running] : [running];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const reason = installCdk();
  if (reason !== undefined) console.error(`The CDK could not be installed: ${reason}`);
  process.exitCode = reason === undefined ? 0 : 1;
}
