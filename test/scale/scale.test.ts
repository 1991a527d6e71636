import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { awsCli, awsOidcAssume, configureAwsCredentials } from './clients.ts';
import { plot } from './plot.ts';
import { table, withTable } from './report.ts';
import { type Course, simulate } from './simulation.ts';

const PAGE = new URL('../../docs/performance.md', import.meta.url);
const PICTURE = new URL('../../docs/images/scale.svg', import.meta.url);
const JOBS = 10_000;
const RATES = [200, 500, 1000];

/** Seeded, and by a clock of their own: the same on every machine. */
describe('ten thousand jobs at once', function () {
  this.timeout(120_000);
  const ours = awsOidcAssume(300);
  const courses: Course[] = [];

  before(async () => {
    for (const perSecond of RATES) {
      for (const client of [ours, awsOidcAssume(60), configureAwsCredentials, awsCli]) {
        courses.push(await simulate(client, { jobs: JOBS, perSecond, seed: 1 }));
      }
    }
  });

  const at = (perSecond: number, name: string) => {
    const found = courses.find((course) => course.crowd.perSecond === perSecond && course.client.name === name);
    assert.ok(found);
    return found;
  };

  for (const seed of [1, 2, 3, 4, 5]) {
    it(`all get credentials within five minutes where STS admits 500 a second (seed ${seed})`, async () => {
      const { failures, served } = await simulate(ours, { jobs: JOBS, perSecond: 500, seed });
      assert.equal(failures, 0);
      assert.equal(served.length, JOBS);
    });
  }

  for (const perSecond of RATES) {
    it(`call STS less often than with either peer at ${perSecond} a second, and no fewer succeed`, () => {
      const course = at(perSecond, ours.name);
      for (const peer of [at(perSecond, configureAwsCredentials.name), at(perSecond, awsCli.name)]) {
        assert.ok(
          course.calls.length < peer.calls.length,
          `${course.calls.length} calls, ${peer.client.name} ${peer.calls.length}`,
        );
        assert.ok(
          course.failures <= peer.failures,
          `${course.failures} failures, ${peer.client.name} ${peer.failures}`,
        );
      }
    });
  }

  it('are shown in docs/performance.md as they went', () => {
    const page = readFileSync(PAGE, 'utf8');
    const picture = plot([ours, configureAwsCredentials, awsCli].map(({ name }) => at(500, name)));
    if (process.env['SCALE_REPORT'] === 'write') {
      writeFileSync(PAGE, withTable(page, table(courses)));
      writeFileSync(PICTURE, picture);
      return;
    }
    const rerun = 'SCALE_REPORT=write npx mocha --import=tsx test/scale/scale.test.ts';
    assert.equal(withTable(page, table(courses)), page, `the table is out of date: ${rerun}`);
    assert.equal(readFileSync(PICTURE, 'utf8'), picture, `the picture is out of date: ${rerun}`);
  });
});
