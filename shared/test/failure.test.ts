import assert from 'node:assert/strict';
import { FAILURES, Failure } from '../src/core/failure.ts';
import { failureLines } from '../src/diagnosis/report.ts';

describe('a failure', () => {
  it('is what was thrown, or a fault of this program', () => {
    const failure = new Failure('Throttled', 'x');
    assert.equal(String(failure), 'Failure: x');
    assert.equal(Failure.from(failure), failure);
    for (const [thrown, message] of [
      [new TypeError('y'), 'TypeError: y'],
      ['text', 'text'],
      [undefined, 'undefined'],
    ]) {
      const made = Failure.from(thrown);
      assert.deepEqual([made.code, made.message, made.cause], ['Internal', message, thrown]);
    }
  });

  it('keeps what it knew when it learns more', () => {
    const cause = new Error('c');
    const first = new Failure('Throttled', 'x', { changes: ['a'], problems: [] }, { cause });
    const more = first.with({ token: ['t'] });
    assert.deepEqual(more.details, { changes: ['a'], problems: [], token: ['t'] });
    assert.deepEqual([more.code, more.message, more.cause], ['Throttled', 'x', cause]);
  });
});

describe('the report of a failure', () => {
  const attempted = { action: 'The token request', endpoint: 'https://x', attempts: 1 };

  it('goes from what was attempted to where to read on', () => {
    const failure = new Failure('AccessDenied', 'x', {
      attempted: {
        action: 'AssumeRoleWithWebIdentity',
        requested: { roleArn: 'arn:aws:iam::123456789012:role/deploy', sessionName: 'me' },
        region: 'eu-west-1',
        endpoint: 'https://sts.eu-west-1.amazonaws.com',
        attempts: 2,
        stopReason: 'no further attempt: no time',
      },
      answer: { code: 'AccessDenied', status: 403, requestId: 'req-2', message: 'Not authorized' },
      token: ['issuer (iss):   https://x'],
      changes: ['Trust it.'],
    });
    assert.deepEqual(failureLines(failure), [
      'AccessDenied: AWS did not let the role be assumed. Most often its trust policy does not admit the token, or in a chain the role before it; a role that does not exist gives the same answer.',
      '',
      'Attempted:',
      '  AssumeRoleWithWebIdentity at https://sts.eu-west-1.amazonaws.com (eu-west-1), 2 attempts',
      '  role arn:aws:iam::123456789012:role/deploy',
      '  no further attempt: no time',
      '',
      'Came back:',
      '  AccessDenied, HTTP 403, request id req-2',
      '  Not authorized',
      '',
      'In the token:',
      '  issuer (iss):   https://x',
      '',
      'To change:',
      '  Trust it.',
      '',
      'More: https://github.com/aws-oidc-assume/aws-oidc-assume/blob/main/docs/troubleshooting.md#AccessDenied',
    ]);
  });

  it('says what it knows and leaves out the rest', () => {
    const report = failureLines(new Failure('ServiceFault', 'x', { attempted, answer: {} }));
    assert.deepEqual(report.slice(1, -1), [
      '',
      'Attempted:',
      '  The token request at https://x, 1 attempt',
      '',
      'Came back:',
      '  no answer',
      '',
      'To change:',
      `  ${FAILURES.ServiceFault.hint}`,
      '',
    ]);
  });

  it('shows of an answer all that came', () => {
    const answer = { code: 'New\u001b[2J', status: 418, requestId: 'r-1', message: 'short\nand stout' };
    const report = failureLines(new Failure('RequestRejected', 'x', { attempted, answer })).join('\n');
    assert.match(report, /Came back:\n {2}New, HTTP 418, request id r-1\n {2}short and stout\n/);
  });

  it('gives the message itself where nothing was attempted', () => {
    const report = failureLines(new Failure('TokenUnavailable', 'first\nsecond'));
    assert.deepEqual(report.slice(1, 3), ['  first', '  second']);
  });

  it('lists wrong options, one or several', () => {
    const problem = { option: 'A', message: 'is wrong' };
    assert.match(
      failureLines(new Failure('InvalidOptions', 'x', { problems: [problem] })).join('\n'),
      /^InvalidOptions: .*\n\nWrong option:\n {2}A is wrong\n/,
    );
    assert.match(
      failureLines(new Failure('InvalidOptions', 'x', { problems: [problem, problem] })).join('\n'),
      /\nWrong options:\n/,
    );
  });

  it('keeps long text to copy whole', () => {
    const statement = JSON.stringify({
      subjects: Array.from({ length: 100 }, (_, n) => `repository-${n}:environment`),
    });
    const report = failureLines(new Failure('AccessDenied', 'x', { changes: [`Write ${statement} instead of x`] }));
    assert.ok(report.includes(`  Write ${statement} instead of x`));
  });

  it('keeps the shape of what is to be changed', () => {
    const report = failureLines(new Failure('AccessDenied', 'x', { changes: ['a:\n  {\n    b\u0007  x\n  }', 'c'] }));
    const at = report.indexOf('To change:');
    assert.deepEqual(report.slice(at + 1, at + 6), ['  a:', '    {', '      b  x', '    }', '  c']);
  });
});
