import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { HANDLERS, Jobs, LOCKED_ROLE, startEmulator } from './support.ts';

for (const handler of HANDLERS) {
  describe(`the task without the file that explains failures, under ${handler}`, () => {
    let jobs: Jobs;
    before(async () => {
      jobs = new Jobs(await startEmulator(), handler);
      rmSync(path.join(jobs.folder, 'diagnosis.cjs'));
    });
    after(() => jobs.close());
    beforeEach(() => void jobs.start());
    afterEach(() => jobs.finish());

    it('assumes the role', () => jobs.assume());

    it('reports a denial with its cause and the file that is missing', async () => {
      const { result, log } = await jobs.run({ roleArn: LOCKED_ROLE });
      const text = log.join('\n');
      assert.equal(result, 'Failed');
      assert.match(text, /AccessDenied: AWS refused to let this job assume the role\. /);
      assert.match(text, /Subject: {2}sc:\/\/acme\/shop\/aws-deploy/);
      assert.match(text, /A file of this program is missing: Cannot find module '\.\/diagnosis\.cjs'\. Copy all/);
    });
  });
}
