// Runs the demo: installs only its own dependencies, then builds and starts it.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DEMO, install } from '../install.mjs';

install(DEMO);
const build = fileURLToPath(new URL('../build.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [build], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
// TypeScript can run only after the installation.
const { register } = await import('tsx/esm/api');
register();
await import('../demo.ts');
