import assert from 'node:assert/strict';
import { assumeRole } from '../src/assume-role.ts';
import { Failure } from '../src/core/failure.ts';
import type { HttpAnswer } from '../src/net/transport.ts';
import { StsError } from '../src/sts/sts-client.ts';
import { RecordingSystem, rawOptions, refusal, ScriptedRuntime, success, xml } from './support.ts';

const RULES = { exposeModes: ['environment'] } as const;

const answered = async (answer: HttpAnswer): Promise<Failure> => {
  const run = assumeRole(new RecordingSystem(), rawOptions({ maxAttempts: '1' }), RULES, new ScriptedRuntime([answer]));
  const error = await run.then(
    () => assert.fail('it did not fail'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Failure);
  return error;
};

describe('a request to STS', () => {
  it('contains session policies, numbered as STS expects', async () => {
    const runtime = new ScriptedRuntime([success]);
    const policies = ['arn:aws:iam::aws:policy/ReadOnlyAccess', 'arn:aws:iam::123456789012:policy/own'];
    await assumeRole(
      new RecordingSystem(),
      rawOptions({ sessionPolicyArns: policies.join('\n'), sessionPolicy: '{"Statement": []}', sessionName: 'me' }),
      RULES,
      runtime,
    );
    const form = runtime.form(0);
    assert.equal(form.get('PolicyArns.member.1.arn'), policies[0]);
    assert.equal(form.get('PolicyArns.member.2.arn'), policies[1]);
    assert.equal(form.get('Policy'), '{"Statement":[]}');
    assert.equal(form.get('RoleSessionName'), 'me');
  });

  it('goes to the given endpoint, including port and path', async () => {
    for (const stsEndpoint of ['http://127.0.0.1:4566/sts/', 'https://vpce-1.sts.eu-west-1.vpce.amazonaws.com/']) {
      const runtime = new ScriptedRuntime([success]);
      await assumeRole(new RecordingSystem(), rawOptions({ stsEndpoint }), RULES, runtime);
      assert.equal(runtime.requests[0]?.url.href, stsEndpoint);
    }
  });
});

describe('an answer without credentials', () => {
  it('is an error with its own name', () => {
    assert.equal(
      String(new StsError({ answer: { message: 'Not authorized' }, fromSts: true })),
      'StsError: Not authorized',
    );
  });

  const credentials = (inside: string, arn = 'arn:aws:sts::123456789012:assumed-role/deploy/x') =>
    xml(
      200,
      `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>${inside === '' ? '' : `<Credentials>${inside}</Credentials>`}${arn === '' ? '' : `<AssumedRoleUser><Arn>${arn}</Arn></AssumedRoleUser>`}</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    );
  const id = '<AccessKeyId>EXAMPLEKEYIDOFATEST</AccessKeyId>';
  const key = '<SecretAccessKey>secret</SecretAccessKey>';
  const token = '<SessionToken>token</SessionToken>';
  const until = '<Expiration>2026-03-01T13:00:00Z</Expiration>';

  const incomplete: { name: string; answer: HttpAnswer }[] = [
    { name: 'no credentials', answer: credentials('') },
    { name: 'no access key id', answer: credentials(key + token + until) },
    { name: 'no secret', answer: credentials(id + token + until) },
    { name: 'no session token', answer: credentials(id + key + until) },
    { name: 'no expiry', answer: credentials(id + key + token) },
    { name: 'an expiry that is no time', answer: credentials(`${id}${key}${token}<Expiration>soon</Expiration>`) },
    {
      name: 'an expiry that no calendar has',
      answer: credentials(`${id}${key}${token}<Expiration>2026-13-01T13:00:00Z</Expiration>`),
    },
    { name: 'no role', answer: credentials(id + key + token + until, '') },
    { name: 'an empty secret', answer: credentials(`${id}<SecretAccessKey/>${token}${until}`) },
  ];
  for (const { name, answer } of incomplete) {
    it(`is not accepted with ${name}`, async () => {
      const failure = await answered(answer);
      assert.equal(failure.code, 'UnexpectedAnswer');
      assert.equal(failure.details.answer?.message, 'the answer holds no complete credentials');
    });
  }

  it('is described by its beginning, and by the server that sent it', async () => {
    const page = await answered(xml(200, '<html>\n<b>Sign in</b>', { server: 'portal\u001b[2J' }));
    assert.equal(page.details.answer?.message, 'an answer that begins: <html> <b>Sign in</b> (server: portal)');
    assert.equal((await answered(xml(200, ' '))).details.answer?.message, 'an empty answer');
  });

  it('is not quoted if it may contain new credentials in another form', async () => {
    const json = await answered(xml(200, '{"Credentials":{"SecretAccessKey":"x"}}'));
    assert.equal(json.details.answer?.message, 'an answer in another form than that of STS');
  });

  it('contains code, status, request id and message of a refusal', async () => {
    const { details } = await answered(refusal(400, 'ValidationError', 'Request ARN is invalid'));
    assert.deepEqual(details.answer, {
      status: 400,
      code: 'ValidationError',
      requestId: 'req-2',
      message: 'Request ARN is invalid',
    });
  });

  it('is a fault of the service in its older form, too', async () => {
    const failure = await answered(xml(503, '<ServiceUnavailableException/>'));
    assert.equal(failure.code, 'ServiceFault');
    assert.equal(failure.details.answer?.status, 503);
  });

  it('is reported if it is unreadable', async () => {
    const failure = await answered(xml(400, '<ErrorResponse><Error><Cod'));
    assert.equal(failure.code, 'UnexpectedAnswer');
    assert.deepEqual(failure.details.answer, { status: 400, message: 'the answer could not be read' });
  });

  it('is a refusal if it was cut after the code', async () => {
    const failure = await answered(xml(403, '<ErrorResponse><Error><Code>AccessDenied</Code><Mess'));
    assert.equal(failure.code, 'AccessDenied');
    assert.equal(failure.details.answer?.code, 'AccessDenied');
  });
});
