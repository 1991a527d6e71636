import assert from 'node:assert/strict';
import type { Incoming } from '../src/http/incoming.ts';
import { assumeParameters, requestedRole } from '../src/sts/assume-role-parameters.ts';
import { Violations } from '../src/sts/constraints.ts';
import { QueryRequest } from '../src/sts/query-request.ts';
import { sessionPolicies } from '../src/sts/session-policies.ts';
import { StsError } from '../src/sts/sts-error.ts';
import { visibleParameters } from '../src/sts/visible-parameters.ts';
import { errorReply, escapeXml, resultReply } from '../src/sts/xml.ts';

function posted(parameters: Record<string, string> | string): QueryRequest {
  const body = Buffer.from(new URLSearchParams(parameters).toString());
  const incoming: Incoming = { method: 'POST', path: '/', query: '', headers: {}, body };
  return new QueryRequest(incoming);
}

describe('the Query protocol', () => {
  it('is read from the form of a POST and from the query of a GET', () => {
    const get: Incoming = { method: 'GET', path: '/', query: 'Action=A%20b', headers: {}, body: Buffer.alloc(0) };
    assert.equal(new QueryRequest(get).get('Action'), 'A b');
    assert.equal(posted('Action=A+b').get('Action'), 'A b');
  });

  it('uses the first of two parameters with one name', () => {
    assert.equal(posted('RoleArn=first&RoleArn=second').get('RoleArn'), 'first');
  });

  it('orders members by their numbers', () => {
    const query = posted('Tags.member.10.Key=b&Tags.member.2.Key=a&Tags.member.2.Value=v&TagsX.member.1.Key=c');
    assert.deepEqual(
      query.members('Tags').map((member) => Object.fromEntries(member)),
      [{ Key: 'a', Value: 'v' }, { Key: 'b' }],
    );
  });

  it('hides the value of a parameter that may be secret', () => {
    const visible = visibleParameters(
      posted({ RoleArn: 'arn', WebIdentityToken: 'secret', Policy: '{}', Unknown: 'secret' }),
    );
    assert.deepEqual(visible, {
      RoleArn: 'arn',
      WebIdentityToken: '(6 characters)',
      Policy: '{}',
      Unknown: '(6 characters)',
    });
  });
});

describe('the parameters for assuming a role', () => {
  const usual = { RoleArn: 'arn:aws:iam::123456789012:role/deploy', RoleSessionName: 'session' };
  const check = (parameters: Record<string, string>) => {
    const query = posted({ ...usual, ...parameters });
    const violations = new Violations(query);
    const result = assumeParameters(query, violations);
    violations.check();
    return result;
  };

  it('have the defaults of AWS', () => {
    assert.deepEqual(check({}), {
      roleArn: usual.RoleArn,
      sessionName: 'session',
      durationSeconds: 3600,
      policy: undefined,
      policyArns: [],
    });
  });

  for (const [text, seconds] of [
    ['900', 900],
    ['43200', 43_200],
    ['+900', 900],
    ['0900', 900],
  ] as const) {
    it(`accept a duration of ${text} seconds`, () =>
      assert.equal(check({ DurationSeconds: text }).durationSeconds, seconds));
  }

  const one = '1 validation error detected: ';
  const wrong: readonly { name: string; input: Record<string, string>; message: string; code?: string }[] = [
    {
      name: 'a session name with illegal characters',
      input: { RoleSessionName: 'a b' },
      message: `${one}Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    },
    {
      name: 'a session name of one character',
      input: { RoleSessionName: 'a' },
      message: `${one}Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2`,
    },
    {
      name: 'a session name that is too long',
      input: { RoleSessionName: 'n'.repeat(65) },
      message: `${one}Value '${'n'.repeat(65)}' at 'roleSessionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    },
    {
      name: 'a duration below 900',
      input: { DurationSeconds: '899' },
      message: `${one}Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900`,
    },
    {
      name: 'a duration above 43200',
      input: { DurationSeconds: '43201' },
      message: `${one}Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200`,
    },
    {
      name: 'a fractional duration',
      input: { DurationSeconds: '900.5' },
      code: 'MalformedInput',
      message: 'MalformedInput',
    },
    {
      name: 'a duration of more than 32 bits',
      input: { DurationSeconds: '2147483648' },
      code: 'MalformedInput',
      message: 'MalformedInput',
    },
    {
      name: 'an empty duration',
      input: { DurationSeconds: '' },
      code: 'MalformedInput',
      message: 'missing value for decimal type',
    },
    {
      name: 'two things at once',
      input: { RoleArn: 'short', RoleSessionName: 'a' },
      message:
        "2 validation errors detected: Value 'short' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20; Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
    },
    {
      name: 'eleven policies',
      input: Object.fromEntries(
        Array.from({ length: 11 }, (_, i) => [
          `PolicyArns.member.${i + 1}.arn`,
          'arn:aws:iam::aws:policy/ReadOnlyAccess',
        ]),
      ),
      message: `${one}Value of 11 members at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10`,
    },
  ];
  for (const { name, input, message, code = 'ValidationError' } of wrong) {
    it(`are refused with ${name}`, () => {
      assert.throws(
        () => check(input),
        (error) => {
          assert(error instanceof StsError);
          assert.deepEqual([error.code, error.message], [code, message]);
          return true;
        },
      );
    });
  }

  it('are refused without a role ARN', () => {
    const query = posted({ RoleSessionName: 'session' });
    const violations = new Violations(query);
    assumeParameters(query, violations);
    assert.throws(
      () => violations.check(),
      /^StsError: 1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null$/,
    );
  });

  it('omit the identity token from messages', () => {
    const query = posted({ WebIdentityToken: 'abc' });
    const violations = new Violations(query);
    violations.required('WebIdentityToken', { minimum: 4, sensitive: true });
    assert.throws(() => violations.check(), /: Value at 'webIdentityToken' failed/);
  });

  it('are measured in characters, not bytes', () => {
    const violations = new Violations(posted({ Name: '😀'.repeat(64) }));
    violations.text('Name', { maximum: 64 });
    assert.doesNotThrow(() => violations.check());
  });

  for (const arn of [
    'arn:aws:iam::123456789012:user/me',
    'arn:aws:iam::1234:role/deploy',
    'arn:aws:sts::123456789012:assumed-role/a/b',
  ]) {
    it(`are refused with the role ARN ${arn}`, () =>
      assert.throws(() => requestedRole(arn), /^StsError: Request ARN is invalid$/));
  }
});

describe('session policies', () => {
  const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
  const check = (policy: unknown, policyArns: readonly string[] = [], tags = {}) =>
    sessionPolicies(
      {
        roleArn: '',
        sessionName: '',
        durationSeconds: 900,
        policy: typeof policy === 'string' ? policy : JSON.stringify(policy),
        policyArns,
      },
      tags,
    );

  it('are parsed and measured', () => {
    const policy = { Version: '2012-10-17', Statement: [statement] };
    const { inline, length } = check(policy);
    assert.deepEqual(inline, policy);
    assert.equal(length, JSON.stringify(policy).length);
  });

  it('have no length if they are absent', () => {
    const none = { roleArn: '', sessionName: '', durationSeconds: 900, policy: undefined, policyArns: [] };
    assert.equal(sessionPolicies(none, {}).length, 0);
  });

  const padded = (length: number) => {
    const policyText = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    return policyText + ' '.repeat(length - policyText.length);
  };
  const arn = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

  it('can have 2048 characters together', () => {
    assert.equal(check(padded(2048 - arn.length), [arn]).length, 2048);
  });

  const wrong = [
    {
      name: 'text that is not JSON',
      input: () => check('{'),
      expected: ['MalformedPolicyDocument', /^This policy contains invalid Json$/],
    },
    {
      name: 'a statement without resource',
      input: () => check({ Version: '2012-10-17', Statement: [{ ...statement, Resource: undefined }] }),
      expected: ['MalformedPolicyDocument', /^Syntax errors in policy\./],
    },
    {
      name: 'a principal',
      input: () => check({ Version: '2012-10-17', Statement: [{ ...statement, Principal: '*' }] }),
      expected: ['MalformedPolicyDocument', /^Syntax errors in policy\./],
    },
    {
      name: '2049 characters together',
      input: () => check(padded(2049 - arn.length), [arn]),
      expected: ['PackedPolicyTooLarge', /consumes 100% of allotted space\.$/],
    },
    {
      name: 'very long tags',
      input: () =>
        sessionPolicies(
          { roleArn: '', sessionName: '', durationSeconds: 900, policy: undefined, policyArns: [] },
          { k: 'v'.repeat(3000) },
        ),
      expected: ['PackedPolicyTooLarge', /^Packed size of session tags consumes 147% of allotted space\.$/],
    },
    {
      name: 'the ARN of a role',
      input: () => check({ Version: '2012-10-17', Statement: [statement] }, ['arn:aws:iam::123456789012:role/deploy']),
      expected: ['ValidationError', /is not valid\.$/],
    },
  ] as const;
  for (const {
    name,
    input,
    expected: [code, message],
  } of wrong) {
    it(`are refused with ${name}`, () => {
      assert.throws(input, (error) => {
        assert(error instanceof StsError);
        assert.equal(error.code, code, error.message);
        assert.match(error.message, message);
        return true;
      });
    });
  }
});

describe('the XML of STS', () => {
  it('nests a result and omits undefined members', () => {
    const { body, headers } = resultReply('Do', { A: '1', B: undefined, C: { D: 2 } });
    const requestId = headers['x-amzn-requestid'];
    assert.equal(
      body.replace(/\n */g, ''),
      `<DoResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><DoResult><A>1</A><C><D>2</D></C></DoResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></DoResponse>`,
    );
  });

  it('blames the sender below status 500, otherwise the receiver', () => {
    assert.match(errorReply(new StsError('AccessDenied')).body, /<Type>Sender<\/Type>/);
    assert.match(errorReply(new StsError('ServiceUnavailable')).body, /<Type>Receiver<\/Type>/);
  });

  it('has the same request id in body and header', () => {
    const { body, headers, status, code } = errorReply(new StsError('AccessDenied', 'no'));
    assert(body.includes(`<RequestId>${headers['x-amzn-requestid']}</RequestId>`));
    assert.deepEqual([status, code], [403, 'AccessDenied']);
  });

  it('has no Message if AWS sends none', () => {
    assert.doesNotMatch(errorReply(new StsError('MalformedInput')).body, /Message/);
  });

  it('escapes markup and replaces characters that XML cannot contain', () => {
    assert.equal(
      escapeXml(`<a b="c">&\r\u0000\u001b\ud800é😀`),
      '&lt;a b=&quot;c&quot;&gt;&amp;&#xD;\ufffd\ufffd\ufffdé😀',
    );
  });
});
