// Bundles the released programs with all dependencies, because nothing is installed where they run.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { builtinsUnread } from './bundle/builtins-unread.mjs';
import { DIAGNOSIS, diagnosisInFile } from './bundle/diagnosis-file.mjs';
import { packExtension } from './extension/pack.mjs';
import { leastNodeBanner } from './least-node.mjs';
import { NOTICES, thirdPartyNotices } from './notices.mjs';

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
  plugins: [builtinsUnread],
};

/** Packages written for CommonJS look for `require`, which an ES module does not have. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/** Bundles one program into one file. */
function bundle({ folder, entry = join(folder, 'src/main.ts'), name, banner, plugins = [] }) {
  return build({
    ...common,
    format: 'esm',
    entryPoints: [entry],
    outfile: join(folder, 'dist', name),
    metafile: true,
    // Makes the stack of a reported failure readable. The image of the pipe has no room for it.
    sourcemap: folder === 'pipe' ? 'external' : 'linked',
    banner: { js: banner },
    plugins: [...common.plugins, ...plugins],
    define: { VERSION: JSON.stringify(versionOf(folder)) },
  });
}

function writeNotices(folder, bundles) {
  const metafiles = bundles.map(({ metafile }) => metafile);
  writeFileSync(join(root, folder, 'dist', NOTICES), thirdPartyNotices('This program', metafiles, root));
}

async function program(folder, name) {
  writeNotices(folder, [await bundle({ folder, name, banner: `${REQUIRE}${leastNodeBanner(name)}` })]);
}

/** The pipe, and next to it the file that a successful run does not load. Nothing in them asks for `require`. */
async function pipe() {
  const folder = 'pipe';
  const [name, diagnosis] = ['pipe.mjs', 'diagnosis.mjs'];
  writeNotices(
    folder,
    await Promise.all([
      bundle({ folder, name, banner: leastNodeBanner(name), plugins: [diagnosisInFile(diagnosis)] }),
      bundle({ folder, entry: DIAGNOSIS, name: diagnosis, banner: '' }),
    ]),
  );
}

await Promise.all([
  pipe(),
  program('packages/emulator', 'aws-oidc-emulator.mjs'),
  program('packages/cli', 'aws-oidc.mjs'),
  packExtension(root, common),
]);
