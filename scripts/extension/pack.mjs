// Packs the Azure DevOps extension: writes a folder as the Marketplace expects it, and a vsix from that folder.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { DIAGNOSIS, diagnosisInFile } from '../bundle/diagnosis-file.mjs';
import { taskLibParts } from '../bundle/task-lib-parts.mjs';
import { leastNodeBanner, leastNodeBannerOfTask } from '../least-node.mjs';
import { NOTICES, thirdPartyNotices } from '../notices.mjs';
import { withVersion } from './version.mjs';

const TASK = 'AwsOidcAssume/AwsOidcAssumeV1';
const NAME = 'AWS OIDC Assume';

/**
 * The task's programs. `index.js` and `credential-process.cjs` share the core as a separate file. The latter stays on
 * the agent for later steps together with the core. It must not load the task library, which talks to the agent
 * immediately.
 */
const PROGRAMS = [
  {
    entry: join('ado-extension', TASK, 'src/index.ts'),
    name: 'index.js',
    core: 'beside',
    banner: leastNodeBannerOfTask(NAME),
  },
  {
    entry: join('ado-extension', TASK, 'src/credential-process.ts'),
    name: 'credential-process.cjs',
    core: 'beside',
    banner: leastNodeBanner(NAME),
  },
  {
    entry: join('ado-extension', TASK, 'src/post-job.ts'),
    name: 'post-job.js',
    core: 'inside',
    banner: leastNodeBannerOfTask(NAME),
  },
  { entry: 'shared/src/index.ts', name: 'core.cjs', core: 'inside' },
  { entry: DIAGNOSIS, name: 'diagnosis.cjs', core: 'inside' },
];

const coreBeside = {
  name: 'core-beside',
  setup(build) {
    build.onResolve({ filter: /^@aws-oidc-assume\/shared$/ }, () => ({ path: './core.cjs', external: true }));
  },
};

/**
 * @param root of the repository
 * @param options of esbuild that all bundles have in common
 */
export async function packExtension(root, options) {
  const { version } = readJson(join(root, 'package.json'));
  const source = join(root, 'ado-extension');
  const extension = join(source, 'dist');
  const folder = join(extension, TASK);
  rmSync(extension, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // The agent starts `node index.js` in a folder without package.json, as CommonJS. Here the nearest package.json would
  // decide otherwise.
  writeFileSync(join(extension, 'package.json'), '{ "type": "commonjs" }\n');

  const bundles = await Promise.all(
    PROGRAMS.map(({ entry, name, core, banner = '' }) =>
      build({
        ...options,
        format: 'cjs',
        entryPoints: [entry],
        outfile: join(folder, name),
        metafile: true,
        banner: { js: banner },
        // `require`, because an `import()` would start the loader of ES modules.
        supported: { 'dynamic-import': false },
        plugins: [
          taskLibParts,
          ...options.plugins,
          diagnosisInFile('diagnosis.cjs'),
          ...(core === 'beside' ? [coreBeside] : []),
        ],
        define: { VERSION: JSON.stringify(version) },
      }),
    ),
  );
  const notices = thirdPartyNotices(
    'This task',
    bundles.map(({ metafile }) => metafile),
    root,
  );
  writeFileSync(join(folder, NOTICES), notices);
  const { manifest, task } = withVersion(version, {
    manifest: readJson(join(source, 'vss-extension.json')),
    task: readJson(join(source, TASK, 'task.json')),
  });
  writeJson(join(extension, 'vss-extension.json'), manifest);
  writeJson(join(folder, 'task.json'), task);
  cpSync(join(source, TASK, 'icon.png'), join(folder, 'icon.png'));
  for (const file of ['overview.md', 'images']) {
    cpSync(join(source, file), join(extension, file), { recursive: true, filter: (path) => !path.endsWith('.svg') });
  }
  // The Marketplace displays this file, so its type must be known; tfx knows this suffix.
  for (const to of [extension, folder]) cpSync(join(root, 'LICENSE'), join(to, 'LICENSE.md'));
  pack(extension);
}

/** Turns warnings of `tfx` about future errors into errors. */
function pack(extension) {
  const tfx = createRequire(import.meta.url).resolve('tfx-cli/_build/tfx-cli.js');
  const where = ['--root', extension, '--manifest-globs', 'vss-extension.json', '--output-path', extension];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tfx, 'extension', 'create', ...where, '--no-prompt', '--no-color'],
    // An empty path keeps tfx from finding the program `file` and guessing types with it, so the package is the same on
    // every machine.
    { encoding: 'utf8', env: { ...process.env, PATH: '' } },
  );
  if (status !== 0 || /warn/i.test(stdout + stderr)) {
    throw new Error(`tfx could not pack the extension:\n${stdout}\n${stderr}`);
  }
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
