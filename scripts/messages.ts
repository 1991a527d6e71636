/**
 * Stores the wording that the tests receive in test/messages/wording.json, and writes docs/messages.md from it. Needs
 * the built programs. `--fast` does not update the first screens.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { messagesPage } from '../test/messages/page.ts';
import { WORDING_FILE } from '../test/messages/wording-file.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const SPECS = [
  'shared/test/options.test.ts',
  'shared/test/remedies.test.ts',
  'shared/test/token-check.test.ts',
  'pipe/test/options.test.ts',
  'pipe/test/stored-keys.test.ts',
  'ado-extension/test/inputs.test.ts',
  'ado-extension/test/stored-keys.test.ts',
  'ado-extension/test/exposure.test.ts',
  'packages/cli/test/doctor.test.ts',
  'packages/trust-policy/test/lint.test.ts',
  'test/messages/messages.test.ts',
];
const FIRST_SCREENS = 'test/e2e/first-screens/first-screens.test.ts';

const isFast = process.argv.includes('--fast');
const { status } = spawnSync(
  process.execPath,
  [
    `${root}node_modules/mocha/bin/mocha.js`,
    '--no-config',
    '--import=tsx',
    '--timeout=120000',
    ...SPECS,
    ...(isFast ? [] : [FIRST_SCREENS]),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, MESSAGES: 'write' } },
);
if (status !== 0) process.exit(1);
writeFileSync(
  new URL('../docs/messages.md', import.meta.url),
  messagesPage(JSON.parse(readFileSync(WORDING_FILE, 'utf8'))),
);
