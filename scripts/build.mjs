// Bundles everything that ships. One file each: nothing is installed where they run.
import { readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { packExtension } from './extension/pack.mjs';
import { leastNodeBanner } from './least-node.mjs';
import { NOTICES, thirdPartyNotices } from './notices.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const versionOf = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).version;

/**
 * Node's own modules by `process.getBuiltinModule` in place of `import`: an import makes Node read every export, and so
 * load what hides behind the lazy ones (all of undici behind `node:http`).
 */
const builtinsUnread = {
  name: 'builtins-unread',
  setup(build) {
    build.onResolve({ filter: /^[a-z_0-9:/]+$/ }, ({ path, kind }) =>
      isBuiltin(path) && kind !== 'entry-point' ? { path, namespace: 'builtin' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  mainFields: ['module', 'main'],
  plugins: [builtinsUnread],
};

/** Packages written for CommonJS look for `require`, which an ES module has not. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

async function program(folder, name) {
  const { metafile } = await build({
    ...common,
    format: 'esm',
    entryPoints: [join(folder, 'src/main.ts')],
    outfile: join(folder, 'dist', name),
    metafile: true,
    // Makes the stack of a reported failure readable. The image of the pipe has no room for it.
    sourcemap: folder === 'pipe' ? 'external' : 'linked',
    banner: { js: `${REQUIRE}${leastNodeBanner(name)}` },
    define: { VERSION: JSON.stringify(versionOf(folder)) },
  });
  writeFileSync(join(root, folder, 'dist', NOTICES), thirdPartyNotices('This program', [metafile], root));
}

await Promise.all([
  program('pipe', 'pipe.mjs'),
  program('packages/emulator', 'aws-oidc-emulator.mjs'),
  program('packages/cli', 'aws-oidc.mjs'),
  packExtension(root, common),
]);
