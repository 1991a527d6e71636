// Runs all checks: build, lint, unit tests and end-to-end tests; then prints the totals in one plain line.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'aws-oidc-assume-test-'));
const totalsFile = join(folder, 'totals');

/** Steps in order. Each runs even if an earlier one failed, except that nothing runs on a broken build. */
const failed = [];
for (const step of ['build', 'lint', 'test:unit', 'test:e2e']) {
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
try {
  for (const line of readFileSync(totalsFile, 'utf8').trim().split('\n')) {
    for (const [key, value] of Object.entries(JSON.parse(line))) totals[key] += value;
  }
} catch {
  // No test ran, which the line below reports.
}
rmSync(folder, { recursive: true, force: true });

if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`);
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = failed.length === 0 && totals.passed > 0 ? 0 : 1;
