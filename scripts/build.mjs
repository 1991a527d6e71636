// Bundles everything that ships. One file each: nothing is installed where they run.
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const versionOf = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).version;

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  mainFields: ['module', 'main'],
  alias: { '@aws-sdk/credential-provider-node': join(root, 'scripts/sdk/no-ambient-credentials.mjs') },
};

/** Packages written for CommonJS look for `require`, which an ES module has not. */
const requireBanner = {
  js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
};

const module_ = (folder, entry, outfile, extra = {}) =>
  build({
    ...common,
    format: 'esm',
    entryPoints: [join(folder, entry)],
    outfile: join(folder, outfile),
    banner: requireBanner,
    define: { VERSION: JSON.stringify(versionOf(folder)) },
    ...extra,
  });

await Promise.all([module_('pipe', 'src/main.ts', 'dist/pipe.mjs')]);
