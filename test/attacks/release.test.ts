/** Attacks on the release: by the name of a tag, and by what an artefact lacks. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { unpackTask } from '../support/index.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('attacks on the release', () => {
  it('11: the name of a tag is never run by the step that checks it', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'release-'));
    const file = readFileSync(`${ROOT}scripts/extension/publish-steps.yml`, 'utf8');
    const scripts = JSON.stringify(parse(file)).match(/node scripts\/release\/check-tag\.mjs [^}]*?(?=",|"})/g) ?? [];
    assert.equal(scripts.length, 1);
    const [script = ''] = scripts.map((text) => JSON.parse(`"${text}"`));
    try {
      for (const tag of [
        'v1.0.0";touch${IFS}owned;true${IFS}"',
        'v1.0.0$(touch${IFS}owned)',
        'v1.0.0`touch${IFS}owned`',
        "v1.0.0';touch${IFS}owned;'",
        '--import=data:text/javascript,process.exit(0)',
        'v1.0.0|touch owned',
      ]) {
        const line = script.replace('scripts/', `${ROOT}scripts/`);
        const env = { PATH: process.env['PATH'], BUILD_SOURCEBRANCHNAME: tag };
        const { status, stderr } = spawnSync('bash', ['-c', line], { cwd: folder, env, encoding: 'utf8' });
        assert.notEqual(status, 0, tag);
        assert.match(stderr, /does not name version/);
      }
      assert.deepEqual(readdirSync(folder), []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('11: every artefact has the notices of what is in it', () => {
    for (const program of ['pipe', 'packages/cli', 'packages/emulator']) {
      assert.ok(existsSync(`${ROOT}${program}/dist/THIRD-PARTY-NOTICES.txt`), program);
    }
    const task = unpackTask();
    try {
      const files = readdirSync(task.folder);
      assert.ok(files.includes('THIRD-PARTY-NOTICES.txt') && files.includes('LICENSE.md'), files.join(' '));
    } finally {
      task.remove();
    }
  });
});
