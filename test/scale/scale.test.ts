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

/** The simulations are seeded and have their own clock, so results are equal on every machine. */
describe('ten thousand jobs at once', function () {
  this.timeout(120_000);
  const ourClient = awsOidcAssume(300);
  const courses: Course[] = [];

  before(async () => {
    for (const perSecond of RATES) {
      for (const client of [ourClient, awsOidcAssume(60), configureAwsCredentials, awsCli]) {
        courses.push(await simulate(client, { jobs: JOBS, perSecond, seed: 1 }));
      }
    }
  });

  const courseOf = (perSecond: number, name: string) => {
    const result = courses.find((course) => course.crowd.perSecond === perSecond && course.client.name === name);
    assert.ok(result);
    return result;
  };

  for (const seed of [1, 2, 3, 4, 5]) {
    it(`all get credentials within five minutes if STS admits 500 per second (seed ${seed})`, async () => {
      const { failures, servedAt } = await simulate(ourClient, { jobs: JOBS, perSecond: 500, seed });
      assert.equal(failures, 0);
      assert.equal(servedAt.length, JOBS);
    });
  }

  for (const perSecond of RATES) {
    it(`call STS less often than both peers at ${perSecond} per second, and at least as many succeed`, () => {
      const course = courseOf(perSecond, ourClient.name);
      for (const peer of [courseOf(perSecond, configureAwsCredentials.name), courseOf(perSecond, awsCli.name)]) {
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

  it('are shown in docs/performance.md with these results', () => {
    const page = readFileSync(PAGE, 'utf8');
    const picture = plot([ourClient, configureAwsCredentials, awsCli].map(({ name }) => courseOf(500, name)));
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
