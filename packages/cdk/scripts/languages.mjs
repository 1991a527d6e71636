// Generates the packages for TypeScript, Python, Java, .NET and Go from build.mjs's output. They contain only sources,
// because compiling them needs each language's own tools.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const folder = fileURLToPath(new URL('..', import.meta.url));
rmSync(join(folder, 'dist-languages'), { recursive: true, force: true });
execFileSync(
  process.execPath,
  [require.resolve('jsii-pacmak/bin/jsii-pacmak'), '--code-only', '--outdir', 'dist-languages', '.'],
  {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20', npm_config_ignore_scripts: 'true' },
  },
);
