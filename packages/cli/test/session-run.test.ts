import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { runCli } from './support.ts';

const NAME = 'bitbucket,acme,shop,42,1f0c9a2b';
const EXCHANGE = {
  eventTime: '2026-03-01T12:00:00Z',
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRoleWithWebIdentity',
  sourceIPAddress: '203.0.113.7',
  userIdentity: { type: 'WebIdentityUser', userName: '{b5c1}:{1f0c}' },
  requestParameters: { roleArn: 'arn:aws:iam::123456789012:role/deploy', roleSessionName: NAME },
};
const CALL = {
  eventTime: '2026-03-01T12:00:05Z',
  eventSource: 's3.amazonaws.com',
  eventName: 'PutObject',
  errorCode: 'AccessDenied',
  errorMessage: 'Access\u001b[31m Denied',
  userIdentity: { type: 'AssumedRole', arn: `arn:aws:sts::123456789012:assumed-role/deploy/${NAME}` },
};

describe('inspect --session-name', () => {
  it('names every part', async () => {
    const { status, stdout } = await runCli(['inspect', '--session-name', NAME]);
    assert.equal(status, 0);
    assert.match(stdout, /workspace +acme\n +repository +shop\n +build +42\n +step +1f0c9a2b…\n +URL +https:/);
  });

  it('prints JSON', async () => {
    const { stdout } = await runCli(['inspect', '--session-name', NAME, '--json']);
    assert.deepEqual(JSON.parse(stdout), {
      system: 'bitbucket',
      owner: 'acme',
      repository: 'shop',
      build: '42',
      step: '1f0c9a2b',
      url: 'https://bitbucket.org/acme/shop/pipelines/results/42',
    });
  });

  it('has no line for a missing build', async () => {
    const { stdout } = await runCli(['inspect', '--session-name', 'bitbucket,acme,shop,,1f0c9a2b']);
    assert.match(stdout, /repository +shop\n +step +1f0c9a2b…\n +URL +\(the name was truncated or has too few parts\)/);
  });

  it('notes that a character may have been replaced', async () => {
    assert.match((await runCli(['inspect', '--session-name', 'azure,acme,My_Shop,1'])).stdout, /"_" may replace/);
  });

  it('refuses a name that another program made', async () => {
    const { status, stderr } = await runCli(['inspect', '--session-name', 'GitHubActions']);
    assert.equal(status, 2);
    assert.match(stderr, /"GitHubActions" is not a role session name of this project/);
  });
});

describe('inspect --cloudtrail', () => {
  const files = {
    'one event': JSON.stringify(EXCHANGE),
    'a log file': JSON.stringify({ Records: [EXCHANGE, CALL] }),
    'a compressed log file': gzipSync(JSON.stringify({ Records: [EXCHANGE, CALL] })),
    'the answer of lookup-events': JSON.stringify({
      Events: [EXCHANGE, CALL].map((event) => ({ EventId: 'x', CloudTrailEvent: JSON.stringify(event) })),
    }),
  };
  for (const [name, file] of Object.entries(files)) {
    it(`reads ${name}`, async () => {
      const { status, stdout } = await runCli(['inspect', '--cloudtrail', 'trail', '--json'], {
        files: { trail: file },
      });
      assert.equal(status, 0);
      const { events } = JSON.parse(stdout);
      assert.equal(events[0].action, 'sts:AssumeRoleWithWebIdentity');
      assert.equal(events[0].subject, '{b5c1}:{1f0c}');
      for (const event of events) {
        assert.equal(event.role, 'arn:aws:iam::123456789012:role/deploy');
        assert.equal(event.run.url, 'https://bitbucket.org/acme/shop/pipelines/results/42');
      }
    });
  }

  it('prints each event with its run, without control characters', async () => {
    const { stdout } = await runCli(['inspect', '--cloudtrail', '-'], {
      stdin: JSON.stringify([CALL, { ...CALL, userIdentity: {} }]),
    });
    assert.match(stdout, /^2026-03-01T12:00:05Z s3:PutObject$/m);
    assert.match(stdout, /error +AccessDenied: Access Denied/);
    assert.match(stdout, /build +42/);
    assert.match(stdout, /run +\(the session name was not made by this project\)/);
    assert.ok(!stdout.includes('\u001b'));
  });

  for (const [name, text] of [
    ['text', 'hello'],
    ['JSON of another kind', '{"a": 1}'],
    ['an empty log', '{"Records": []}'],
    ['a broken inner event', '{"Events": [{"CloudTrailEvent": "{"}]}'],
  ]) {
    it(`refuses ${name}`, async () => {
      const { status, stderr } = await runCli(['inspect', '--cloudtrail', '-'], { stdin: text ?? '' });
      assert.equal(status, 2);
      assert.match(stderr, /standard input is not a CloudTrail event/);
    });
  }
});
