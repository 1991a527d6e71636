import assert from 'node:assert/strict';
import { type Answer, FAILURES, Failure, type FailureCode, type OptionProblem } from '../src/core/failure.ts';
import { HOME } from '../src/core/home.ts';
import { failureLines } from '../src/diagnosis/report.ts';

describe('a failure', () => {
  it('is the thrown failure, or an internal error', () => {
    const failure = new Failure('Throttled', 'x');
    assert.equal(String(failure), 'Failure: x');
    assert.equal(Failure.from(failure), failure);
    for (const [thrown, message] of [
      [new TypeError('y'), 'TypeError: y'],
      ['text', 'text'],
      [undefined, 'undefined'],
    ]) {
      const converted = Failure.from(thrown);
      assert.deepEqual([converted.code, converted.message, converted.cause], ['Internal', message, thrown]);
    }
  });

  it('keeps its details when it gets more', () => {
    const cause = new Error('c');
    const first = new Failure('Throttled', 'x', { changes: ['a'], problems: [] }, { cause });
    const more = first.with({ notes: ['t'] });
    assert.deepEqual(more.details, { changes: ['a'], problems: [], notes: ['t'] });
    assert.deepEqual([more.code, more.message, more.cause], ['Throttled', 'x', cause]);
  });
});

describe('the report of a failure', () => {
  const attempted = { action: 'The token request', endpoint: 'https://x', attempts: 1 };
  const requested = { roleArn: 'arn:aws:iam::123456789012:role/deploy', sessionName: 'me' };
  const HELP = `Help:     ${HOME}/blob/main/docs/troubleshooting.md`;

  it('begins with the cause and the fix, and ends with the details', () => {
    const failure = new Failure('AccessDenied', 'x', {
      attempted: {
        action: 'AssumeRoleWithWebIdentity',
        requested,
        region: 'eu-west-1',
        endpoint: 'https://sts.eu-west-1.amazonaws.com',
        attempts: 2,
        stopReason: 'no further attempt: no time',
      },
      answer: { code: 'AccessDenied', status: 403, requestId: 'req-2', message: 'Not authorized' },
      token: { issuer: 'https://x', audiences: ['a', 'b'], subject: 's', authorizedParty: 'a', age: 'issued 1 s ago' },
      cause: 'The role trusts another branch.',
      changes: ['Trust it:\n  a command', 'Or not.'],
      notes: ['IAM is slow.'],
      onRequest: ['a statement'],
    });
    const lines = [
      'AccessDenied: The role trusts another branch.',
      'Fix: Trust it:',
      '    a command',
      '  Or not.',
      'Role:     arn:aws:iam::123456789012:role/deploy',
      'Subject:  s',
      'Audience: a, b',
      'AWS said: AccessDenied, Not authorized (HTTP 403, request id req-2)',
      `${HELP}#accessdenied`,
      'Details:',
      '  issuer of the token: https://x',
      '  authorized party (azp): a',
      '  age of the token: issued 1 s ago',
      '  AssumeRoleWithWebIdentity at https://sts.eu-west-1.amazonaws.com (eu-west-1), 2 attempts',
      '  no further attempt: no time',
      '  IAM is slow.',
    ];
    assert.deepEqual(failureLines(failure), lines);
    assert.deepEqual(failureLines(failure, true), [...lines, '  a statement']);
  });

  it('falls back to the catalogue, and omits unknown facts', () => {
    const report = failureLines(
      new Failure('ServiceFault', 'x', { attempted: { ...attempted, requested }, answer: {} }),
    );
    assert.deepEqual(report, [
      `ServiceFault: ${FAILURES.ServiceFault.cause}`,
      `Fix: ${FAILURES.ServiceFault.fix}`,
      'Role:     arn:aws:iam::123456789012:role/deploy',
      'Error:    no answer',
      `${HELP}#servicefault`,
      'Details:',
      '  The token request at https://x, 1 attempt',
    ]);
  });

  it("shows a service's whole answer", () => {
    const answer = { code: 'New\u001b[2J', status: 418, requestId: 'r-1', message: 'short\nand stout' };
    const report = failureLines(new Failure('RequestRejected', 'x', { attempted, answer })).join('\n');
    assert.match(report, /\nResponse: New, short and stout \(HTTP 418, request id r-1\)\n/);
    const withoutCode = failureLines(new Failure('RequestRejected', 'x', { attempted, answer: { status: 418 } })).join(
      '\n',
    );
    assert.match(withoutCode, /\nResponse: HTTP 418\n/);
  });

  it('distinguishes an answer from a network error, and AWS from another server', () => {
    const labels = (code: FailureCode, answer: Answer) => {
      const failure = new Failure(code, 'x', { attempted: { ...attempted, requested }, answer });
      return failureLines(failure)[3]?.slice(0, 9);
    };
    assert.equal(labels('Unreachable', { code: 'ECONNRESET' }), 'Error:   ');
    assert.equal(labels('UnexpectedAnswer', { status: 200 }), 'Response:');
    assert.equal(labels('AccessDenied', { status: 403 }), 'AWS said:');
  });

  it('uses the message as the cause if AWS was not asked', () => {
    assert.deepEqual(failureLines(new Failure('TokenUnavailable', 'first\nsecond')).slice(0, 2), [
      'TokenUnavailable: first second',
      `Fix: ${FAILURES.TokenUnavailable.fix}`,
    ]);
    assert.equal(failureLines(new Failure('Internal', 'oops'))[0], 'Internal: This is a bug in this program: oops');
  });

  it('names one wrong option in the cause', () => {
    const linesFor = (problem: OptionProblem) =>
      failureLines(new Failure('InvalidOptions', 'x', { problems: [problem] }));
    assert.deepEqual(linesFor({ option: 'A', message: 'is wrong' }).slice(0, 2), [
      'InvalidOptions: A is wrong. Nothing was sent.',
      'Fix: Correct A.',
    ]);
    assert.equal(linesFor({ option: 'A', message: 'is wrong', fix: 'Set A.' })[1], 'Fix: Set A.');
  });

  it('lists several wrong options', () => {
    const problems = [
      { option: 'A', message: 'is wrong' },
      { option: 'A', message: 'is odd', fix: 'Set A.' },
      { option: 'B', message: 'is missing' },
    ];
    assert.deepEqual(failureLines(new Failure('InvalidOptions', 'x', { problems })).slice(0, 5), [
      'InvalidOptions: 3 options are wrong: A, B. Nothing was sent.',
      'Fix: Correct each of them:',
      '  A is wrong.',
      '  A is odd. Set A.',
      '  B is missing.',
    ]);
  });

  it('does not cut long text to copy', () => {
    const statement = JSON.stringify({
      subjects: Array.from({ length: 100 }, (_, n) => `repository-${n}:environment`),
    });
    const report = failureLines(new Failure('AccessDenied', 'x', { changes: [`Write ${statement} instead of x`] }));
    assert.ok(report.includes(`Fix: Write ${statement} instead of x`));
  });

  it('keeps the layout of text to copy', () => {
    const report = failureLines(new Failure('AccessDenied', 'x', { changes: ['a:\n  {\n    b\u0007  x\n  }', 'c'] }));
    assert.deepEqual(report.slice(1, 6), ['Fix: a:', '    {', '      b  x', '    }', '  c']);
  });
});
