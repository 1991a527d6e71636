// Builds the documentation site: docs/dist/index.html. First installs its dependencies, in docs/ only.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: docs, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}

run('pnpm', ['install', '--frozen-lockfile', '--silent']);
run(process.execPath, [join(docs, 'node_modules/vitepress/bin/vitepress.js'), 'build', '.']);
