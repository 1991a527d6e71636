// Runs all checks: build, lint, unit tests and end-to-end tests; then prints the totals in one plain line.
//   node scripts/test.mjs --fresh-machine   the same, and again in a container that has Node, npm and git only
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'aws-oidc-assume-test-'));
const totalsFile = join(folder, 'totals');

const steps = ['build', 'lint', 'test:unit', 'test:e2e'];
if (process.argv.includes('--fresh-machine')) steps.push('test:fresh-machine');

/** Failed steps. Each runs even if an earlier one failed, except that nothing runs on a broken build. */
const failed = [];
for (const step of steps) {
  console.log(`\n== ${step}`);
  const { status } = spawnSync('pnpm', ['run', '--silent', step], {
    stdio: 'inherit',
    env: { ...process.env, TEST_TOTALS: totalsFile, AWS_OIDC_ASSUME_INSTALLED: 'yes' },
    shell: process.platform === 'win32',
  });
  if (status !== 0) failed.push(step);
  if (status !== 0 && step === 'build') break;
}

const totals = { passed: 0, failed: 0, skipped: 0 };
/** Passed tests of the suites that run on another system. */
const systems = {};
const reasons = new Set();
let freshMachine;
for (const line of linesOf(totalsFile)) {
  const entry = JSON.parse(line);
  if (entry.reason !== undefined) reasons.add(entry.reason);
  if (entry.freshMachine !== undefined) freshMachine = entry.freshMachine;
  for (const key of Object.keys(totals)) totals[key] += entry[key] ?? 0;
  for (const [system, passed] of Object.entries(entry.systems ?? {})) systems[system] = (systems[system] ?? 0) + passed;
}
rmSync(folder, { recursive: true, force: true });

if (reasons.size > 0) console.log(`\nSkipped, because:\n${[...reasons].map((reason) => `  ${reason}`).join('\n')}`);
if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`);
const parts = [
  `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`,
  ...Object.entries(systems).map(([system, passed]) => `${passed} of them on ${system}`),
  ...(freshMachine === undefined ? [] : [`on a fresh machine ${freshMachine}`]),
];
console.log(`\n${parts.join('; ')}`);
process.exitCode = failed.length === 0 && totals.passed > 0 ? 0 : 1;

/** Returns no lines if no test ran. */
function linesOf(file) {
  try {
    return readFileSync(file, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}
