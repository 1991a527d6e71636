import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { FAILURES } from '../../shared/src/core/failure.ts';
import { messagesPage } from './page.ts';
import { assertWording } from './wording.ts';
import { WORDING_FILE } from './wording-file.ts';

const PAGE = new URL('../../docs/messages.md', import.meta.url);

describe('docs/messages.md', () => {
  it('has the cause and the fix of each failure', () => {
    for (const [code, { cause, fix }] of Object.entries(FAILURES)) {
      assertWording('Failures', code, [`${code}: ${cause}`, `Fix: ${fix}`]);
    }
  });

  it('is what `npx pnpm messages` writes', function () {
    if (process.env['MESSAGES'] === 'write') this.skip();
    assert.equal(readFileSync(PAGE, 'utf8'), messagesPage(JSON.parse(readFileSync(WORDING_FILE, 'utf8'))));
  });
});
