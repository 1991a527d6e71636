import assert from 'node:assert/strict';
import { answerProblem } from '../src/sts/answer-check.ts';
import { AssumedCredentials } from '../src/sts/assumed-credentials.ts';

const NOW = new Date('2026-11-26T12:00:00Z');
const QUESTION = {
  roleArn: 'arn:aws:iam::123456789012:role/team/a/deploy',
  sessionName: 'run-7',
  durationSeconds: 3600,
};
const ARN = 'arn:aws:sts::123456789012:assumed-role/deploy/run-7';
const GOOD = {
  accessKeyId: 'EXAMPLEKEYIDOFATEST',
  secretAccessKey: 'a+b/c=',
  sessionToken: 'IQoJ_-+/==',
  expiration: new Date('2026-11-26T13:00:00Z'),
  assumedRoleArn: ARN,
  endpoint: 'https://sts.eu-west-1.amazonaws.com',
};
const problemOf = (change: Partial<typeof GOOD>, question = {}) =>
  answerProblem(new AssumedCredentials({ ...GOOD, ...change }), { ...QUESTION, ...question }, NOW);

describe('the answer of STS', () => {
  it('matches the requested role and session', () => {
    assert.equal(problemOf({}), undefined);
    assert.equal(problemOf({ assumedRoleArn: ARN.replace('deploy', 'Deploy') }), undefined);
    assert.equal(problemOf({ expiration: new Date('2026-11-26T13:14:59Z') }), undefined);
    assert.equal(problemOf({ expiration: new Date('2026-11-26T12:00:01Z') }), undefined);
  });

  const strangers = [
    'arn:aws:sts::999999999999:assumed-role/deploy/run-7',
    'arn:aws-cn:sts::123456789012:assumed-role/deploy/run-7',
    'arn:aws:sts::123456789012:assumed-role/evil/run-7',
    'arn:aws:sts::123456789012:assumed-role/deploy/x',
    'arn:aws:sts::123456789012:assumed-role/deploy/run-7/more',
    'arn:aws:sts::123456789012:assumed-role/deploy/RUN-7',
    'arn:aws:sts::123456789012:assumed-role/team/a/deploy/run-7',
    'arn:aws:sts::123456789012:federated-user/run-7',
    'arn:aws:iam::123456789012:root',
    'arn:aws:iam::123456789012:role/deploy',
    'x',
    '',
    '##vso[task.setvariable variable=x]y',
  ];
  for (const assumedRoleArn of strangers) {
    it(`is refused for the role ${JSON.stringify(assumedRoleArn)}`, () => {
      assert.match(problemOf({ assumedRoleArn }) ?? '', /which was not asked for$/);
    });
  }

  for (const [name, expiration] of [
    ['in 2001', '2001-01-01T00:00:00Z'],
    ['now', '2026-11-26T12:00:00Z'],
  ] as const) {
    it(`is refused with credentials that expired ${name}`, () => {
      assert.match(problemOf({ expiration: new Date(expiration) }) ?? '', /expired at/);
    });
  }
  for (const expiration of ['2026-11-26T13:15:01Z', '2099-01-01T00:00:00Z', '9999-12-31T23:59:59Z']) {
    it(`is refused with credentials that last until ${expiration}`, () => {
      assert.match(problemOf({ expiration: new Date(expiration) }) ?? '', /longer than the 3600 s asked for/);
    });
  }

  it('matches no role if the role is invalid', () => {
    assert.match(problemOf({}, { roleArn: 'arn:aws:iam::123456789012:user/x' }) ?? '', /which was not asked for$/);
  });

  const words: readonly [change: Partial<typeof GOOD>, reason: RegExp][] = [
    [{ accessKeyId: 'SHORT' }, /access key id/],
    [{ accessKeyId: 'lowercaseletters' }, /access key id/],
    [{ accessKeyId: `${'A'.repeat(16)}\n` }, /access key id/],
    [{ accessKeyId: '$(System.AccessToken)' }, /access key id/],
    [{ accessKeyId: 'A'.repeat(129) }, /access key id/],
    [{ secretAccessKey: '$(System.AccessToken)' }, /secret access key/],
    [{ secretAccessKey: 'a b' }, /secret access key/],
    [{ secretAccessKey: "a'b" }, /secret access key/],
    [{ sessionToken: 'a\nb' }, /session token/],
    [{ sessionToken: '`id`' }, /session token/],
    [{ sessionToken: 'ä' }, /session token/],
  ];
  for (const [change, reason] of words) {
    it(`is refused with ${JSON.stringify(change)}, and the reason quotes no secret`, () => {
      const problem = problemOf(change) ?? '';
      assert.match(problem, reason);
      for (const value of Object.values(change)) assert.ok(!problem.includes(String(value)));
    });
  }
});
