// Mocha's spec reporter, which also leaves its totals for scripts/test.mjs.
const { appendFileSync } = require('node:fs');
const { relative } = require('node:path');
const { reporters } = require('mocha');

/** Suites that the closing line counts separately. */
const SYSTEMS = new Map([
  ['test/platforms/windows.test.ts', 'Windows'],
  ['test/platforms/arm64.test.ts', 'arm64'],
]);

module.exports = class TotalsReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const systems = {};
    runner.on('pass', ({ file = '' }) => {
      const system = SYSTEMS.get(relative('.', file).replaceAll('\\', '/'));
      if (system !== undefined) systems[system] = (systems[system] ?? 0) + 1;
    });
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      const totals = { passed: passes, failed: failures, skipped: pending, systems };
      const file = process.env.TEST_TOTALS;
      if (file) appendFileSync(file, `${JSON.stringify(totals)}\n`);
    });
  }
};
