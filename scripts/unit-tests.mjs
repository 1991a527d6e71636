// Runs the unit tests on the present Node, then measures the coverage of some packages by their own tests. Coverage is
// measured on Node 24, which runs TypeScript without compiling it, so no generated line is counted.
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { installCdk } from '../packages/cdk/scripts/install.mjs';
import { typeOnlySources } from './type-only.mjs';

const SPECS = [
  'shared/test/**/*.test.ts',
  'pipe/test/**/*.test.ts',
  'ado-extension/test/**/*.test.ts',
  'packages/*/test/**/*.test.ts',
  'test/support/**/*.test.ts',
  'test/scale/**/*.test.ts',
  'test/release/**/*.test.ts',
  'test/options/**/*.test.ts',
  'test/docs/**/*.test.ts',
  'test/lint/**/*.test.ts',
  'test/messages/**/*.test.ts',
];
const COVERED = ['shared', 'packages/trust-policy', 'packages/ci-systems'];
const LEAST = 98;

const root = fileURLToPath(new URL('..', import.meta.url));
const node24 = `${root}test/nodes/node_modules/node-24/bin/node`;
const module_ = (name) => `${root}node_modules/${name}`;

function run(node, args, env = process.env) {
  const { status } = spawnSync(node, args, { stdio: 'inherit', cwd: root, env });
  if (status !== 0) process.exitCode = 1;
}

const specs = process.argv.slice(2);
run(process.execPath, [
  module_('mocha/bin/mocha.js'),
  '--config',
  '.mocharc.unit.json',
  ...(specs.length > 0 ? specs : [...SPECS, ...withoutCdk()]),
]);

/** Arguments that leave out the tests of the constructs if their libraries cannot be installed. */
function withoutCdk() {
  const problem = installCdk();
  if (problem === undefined) return [];
  console.log(`The tests of packages/cdk are skipped, because the CDK could not be installed: ${problem}`);
  if (process.env.CI === 'true') process.exitCode = 1;
  if (process.env.TEST_TOTALS !== undefined) appendFileSync(process.env.TEST_TOTALS, '{"skipped":1}\n');
  return ['--ignore', 'packages/cdk/**'];
}

if (specs.length === 0 && !existsSync(node24)) {
  console.log('Coverage is not measured: npm has Node 24 for Linux on x64 alone.');
  if (process.env.CI === 'true') process.exitCode = 1;
} else if (specs.length === 0) {
  // These runs count the lines; the tests were counted above.
  const { TEST_TOTALS: _, ...env } = process.env;
  for (const folder of COVERED) {
    console.log(`\nCoverage of ${folder} by its tests:`);
    const c8 = ['--all', `--src=${folder}/src`, `--include=${folder}/src/**/*.ts`, '--reporter=text-summary'];
    // Types and lists of exports have no lines to run. Every other source counts.
    const exclude = typeOnlySources(`${root}${folder}/src`).map((path) => `--exclude=${folder}/src/${path}`);
    const gate = ['--check-coverage', `--lines=${LEAST}`, `--branches=${LEAST}`];
    const mocha = [
      node24,
      module_('mocha/bin/mocha.js'),
      '--no-config',
      '--reporter=dot',
      '--timeout=20000',
      `${folder}/test/**/*.test.ts`,
    ];
    run(node24, [module_('c8/bin/c8.js'), ...c8, ...exclude, ...gate, ...mocha], env);
  }
}
