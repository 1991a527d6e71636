// Runs every check that reads the sources. A failed check does not stop the others, so one run reports all problems.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installCdk } from '../../packages/cdk/scripts/install.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = (name) => join(root, 'node_modules/.bin', name);

/** Each `src` has its own compiler configuration, in which the tests' globals do not exist. */
const sources = ['shared', 'pipe', 'ado-extension', 'packages'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((path) => path.endsWith('src/tsconfig.json') && !path.includes('node_modules'))
    .map((path) => join(folder, path)),
);

/** The constructs need libraries that nothing else needs. */
const cdkProblem = installCdk();
const cdk = cdkProblem === undefined ? ['packages/cdk/test/tsconfig.json'] : [];
if (cdkProblem !== undefined) {
  console.error(`The types of packages/cdk are not checked, because the CDK could not be installed: ${cdkProblem}`);
  if (process.env.CI === 'true') process.exitCode = 1;
}

const CHECKS = [
  [bin('biome'), 'check', '--error-on-warnings', '.'],
  [bin('oxlint'), '--type-aware', '.'],
  [process.execPath, 'scripts/lint/imports.mjs'],
  [process.execPath, 'scripts/lint/language.mjs'],
  ...['tsconfig.json', ...sources, ...cdk].map((project) => [bin('tsc'), '--noEmit', '-p', project]),
  [bin('knip')],
];

for (const [command, ...args] of CHECKS) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', cwd: root, shell: process.platform === 'win32' });
  if (status !== 0) {
    console.error(`Failed: ${[command.slice(root.length), ...args].join(' ')}`);
    process.exitCode = 1;
  }
}
