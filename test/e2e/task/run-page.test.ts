import assert from 'node:assert/strict';
import { startEmulatorProcess } from '../../support/index.ts';
import { configuration, Jobs, LOCKED_ROLE } from './support.ts';

/** The page of the run shows errors and summaries; the log viewer folds groups. */
describe('the task on the page of the run', function () {
  this.timeout(60_000);
  let jobs: Jobs;

  before(async () => {
    jobs = new Jobs(await startEmulatorProcess({ config: configuration() }), 'Node24');
  });
  after(() => jobs.close());
  afterEach(() => jobs.finish());

  it('shows one error, with the cause and the fix, and prints everything else as plain text', async () => {
    jobs.start();
    const { result, issues, log, raw } = await jobs.run({ roleArn: LOCKED_ROLE });
    assert.equal(result, 'Failed');
    const errors = issues.filter(({ type }) => type === 'error');
    assert.equal(errors.length, 1, JSON.stringify(errors));
    assert.match(errors[0]?.message ?? '', /^AccessDenied: AWS refused .*\. Fix: .* check that role "locked" exists/);
    assert.equal(log.filter((line) => line.startsWith('##[error]')).length, 1);
    assert.equal(raw.match(/##vso\[task\.(?:log)?issue [^\]]*type=error/g)?.length, 1);
    const group = log.slice(log.indexOf('##[group]Details') + 1, log.indexOf('##[endgroup]'));
    assert.ok(group.length > 5);
    assert.deepEqual(
      group.filter((line) => line.startsWith('##')),
      [],
    );
  });

  it('can be copied from: a statement in the log is JSON', async () => {
    jobs.start();
    const { log } = await jobs.run({ roleArn: LOCKED_ROLE });
    const statements = log.filter((line) => line.includes('"Effect"'));
    assert.equal(statements.length, 1, log.join('\n'));
    assert.equal(JSON.parse(statements[0] ?? '').Effect, 'Allow');
  });

  it('lists each wrong option in its error', async () => {
    jobs.start();
    const { issues } = await jobs.run({ roleArn: '', region: 'Ireland' });
    const [error, ...others] = issues.filter(({ type }) => type === 'error');
    assert.deepEqual(others, []);
    assert.match(error?.message ?? '', /2 options are wrong: .*region is "Ireland".*Set roleArn to the ARN/);
  });

  it('shows the fix in a summary when it fails', async () => {
    jobs.start();
    const { summaries } = await jobs.run({ roleArn: LOCKED_ROLE });
    assert.equal(summaries.length, 1);
    const text = (summaries[0] ?? '').replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
    assert.match(text, /^### AWS role not assumed\n/);
    assert.match(text, /AccessDenied: AWS refused/);
    assert.match(text, /Fix: .* check that role "locked" exists in account 123456789012 \(roleArn\)\./);
    assert.match(text, /Subject: {2}sc:\/\/acme\/shop\/aws-deploy/);
  });

  it('writes no summary of a failure if jobSummary is off, and hides accounts in it if maskAccountId is on', async () => {
    jobs.start();
    const silent = await jobs.run({ roleArn: LOCKED_ROLE, jobSummary: 'false' });
    assert.deepEqual(silent.summaries, []);
    const masked = await jobs.run({ roleArn: LOCKED_ROLE, maskAccountId: 'true' }, { name: 'masked' });
    assert.equal(masked.summaries.length, 1);
    assert.doesNotMatch(masked.summaries.join(), /123456789012/);
  });

  it('prints one line when it succeeds', async () => {
    jobs.start();
    const { log, issues } = await jobs.assume();
    assert.deepEqual(issues, []);
    const [line, ...others] = log.filter((one) => one !== '');
    assert.deepEqual(others, []);
    assert.match(
      line ?? '',
      /^Assumed arn:aws:sts::123456789012:assumed-role\/deploy\/job, valid until \S+ \(60 min\)\.$/,
    );
  });

  it('prints no colours', async () => {
    jobs.start();
    const { raw } = await jobs.run({ roleArn: LOCKED_ROLE });
    assert.ok(!raw.includes('\u001b'));
  });
});
