import assert from 'node:assert/strict';
import { assertWording } from '../../test/messages/wording.ts';
import { type Answer, Failure, type FailureCode } from '../src/core/failure.ts';
import { remedyOf } from '../src/diagnosis/remedies.ts';
import { IdentityToken } from '../src/identity/identity-token.ts';
import { parseOptions } from '../src/options/options.ts';
import { ROLE, rawOptions, ScriptedRuntime, tokenText } from './support.ts';

const RULES = { exposeModes: ['environment'] } as const;

function adviceFor(code: FailureCode, answer?: Answer, values = {}) {
  const raw = rawOptions(values);
  const attempted = {
    action: 'x',
    requested: { roleArn: ROLE, sessionName: 'me' },
    endpoint: 'https://x',
    attempts: 1,
  };
  const failure = new Failure(code, 'x', { attempted, ...(answer === undefined ? {} : { answer }) });
  const token = IdentityToken.parse(tokenText());
  const { cause, changes } = remedyOf(failure, {
    token,
    raw,
    options: parseOptions(raw, RULES),
    runtime: new ScriptedRuntime([]),
  });
  return [cause, ...(changes ?? [])].join('\n');
}

/** Stores the advice for docs/messages.md, under the code and what distinguishes the run. */
function recordAdvice(
  code: FailureCode,
  advice: string,
  { answer, values = {} }: { answer?: Answer | undefined; values?: object | undefined },
) {
  if (advice === '') return;
  const situation = [
    code,
    ...Object.entries(answer ?? {}).map(([name, value]) => `${name} of the answer: ${value}`),
    ...Object.entries(values).map(([name, value]) => `${name}: ${value}`),
  ].join(', ');
  const lines = advice.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, '2026-11-26T10:00:00.000Z').split('\n');
  const [cause = '', first, ...more] = lines;
  const fix = first === undefined ? [] : [`Fix: ${first}`, ...more.map((line) => `  ${line}`)];
  assertWording('Advice', situation, cause === '' ? fix : [cause, ...fix]);
}

describe('the remedy of a failure', () => {
  const cases: [code: FailureCode, answer: Answer | undefined, expected: RegExp, values?: object][] = [
    [
      'SessionTooLong',
      undefined,
      /\(7200 s\)[\s\S]*durationSeconds[\s\S]*--max-session-duration 7200/,
      { durationSeconds: '7200' },
    ],
    ['SessionPolicyRejected', { code: 'PackedPolicyTooLarge' }, /Shorten sessionPolicy and sessionPolicyArns\./],
    ['SessionPolicyRejected', { code: 'MalformedPolicyDocument' }, /Correct sessionPolicy and sessionPolicyArns/],
    ['RegionDisabled', undefined, /eu-west-1 for account 123456789012[\s\S]*enable-region --region-name 'eu-west-1'/],
    ['RequestRejected', { message: "Value at 'roleSessionName' failed" }, /Correct sessionName\./],
    ['RequestRejected', undefined, /rejected the request\.$/],
    ['IdentityTokenRejected', undefined, /^$/],
    ['TokenExpired', { status: 400 }, /By AWS's clock the token has expired \(it was valid until/],
    ['TokenExpired', undefined, /Assume the role earlier/],
    ['Throttled', undefined, /raise timeoutSeconds \(now 60/],
    ['ServiceFault', undefined, /stsFallbackRegions/],
    ['ServiceFault', undefined, /^$/, { stsFallbackRegions: 'eu-central-1' }],
    ['TimedOut', undefined, /HTTPS_PROXY/],
    ['TimedOut', { status: 500 }, /Run the step again, or raise timeoutSeconds/],
    ['AccountNotAllowed', undefined, /Correct roleArn, or add the account to allowedAccountIds/],
    ['ProxyRefused', { message: 'the proxy p:1 refused' }, /^The proxy p:1 refused\./],
    [
      'ProxyRefused',
      { message: 'the proxy p:1 asks for a user and a password (HTTP 407)' },
      /Set HTTPS_PROXY to http:\/\/user:password@p:1,/,
    ],
    [
      'ProxyRefused',
      { message: 'the proxy p:1 asks for a sign-in by NTLM, but only Basic is supported (HTTP 407)' },
      /Use a proxy that accepts Basic/,
    ],
    [
      'ProxyRefused',
      { message: 'the proxy p:1 refused to connect to sts.x (HTTP 403)' },
      /Ask whoever runs the proxy to allow x\./,
    ],
    ['ProxyRefused', undefined, /^$/],
    ['CannotPublish', undefined, /^$/],
    ['KeysUnreachable', undefined, /oidc\/\.well-known\/openid-configuration/],
    ['UnexpectedAnswer', undefined, /TLS inspection on the way to https:\/\/x\./],
    ['UnexpectedAnswer', undefined, /Check that stsEndpoint \(/, { stsEndpoint: 'https://sts.corp.example' }],
    ['CertificateNotTrusted', undefined, /^The certificate of x is not trusted here\. Nothing was sent\./],
    ['CertificateNotTrusted', { code: 'CERT_HAS_EXPIRED' }, /here \(CERT_HAS_EXPIRED\)\./],
  ];
  for (const [code, answer, expected, values] of cases) {
    it(`names values and options: ${code}, ${expected.source}`, () => {
      const advice = adviceFor(code, answer, values);
      assert.match(advice, expected);
      recordAdvice(code, advice, { answer, values });
    });
  }

  const chained = { chainRoleArns: 'arn:aws:iam::210987654321:role/next' };
  const more: [code: FailureCode, answer: Answer | undefined, expected: RegExp, values?: object][] = [
    [
      'SessionPolicyRejected',
      { message: 'PackedPolicySize is too large' },
      /fewer or shorter tags in chainSessionTags/,
      chained,
    ],
    ['SessionPolicyRejected', undefined, /^AWS STS rejected the session policy\./],
    ['IdentityTokenRejected', { message: 'no' }, /^AWS STS rejected the identity token: no/],
    ['AccountNotAllowed', undefined, /Correct chainRoleArns, or add/, chained],
    ['TokenExpired', { status: 400, code: 'ExpiredToken' }, /By AWS's clock/],
  ];
  for (const [code, answer, expected, values] of more) {
    it(`handles the corner case: ${code}, ${expected.source}`, () =>
      assert.match(adviceFor(code, answer, values), expected));
  }

  it('is as specific as possible if nothing was attempted and no token is known', () => {
    const raw = rawOptions({});
    const run = { token: undefined, raw, options: parseOptions(raw, RULES), runtime: new ScriptedRuntime([]) };
    for (const code of [
      'TokenExpired',
      'SessionTooLong',
      'RegionDisabled',
      'RequestRejected',
      'Throttled',
      'TimedOut',
    ] as const) {
      const advice = remedyOf(new Failure(code, 'x', { answer: { status: 400 } }), run);
      assert.ok(JSON.stringify(advice).length > 2, code);
    }
    assert.match(
      String(remedyOf(new Failure('TokenExpired', 'x', { answer: { status: 400 } }), run).cause),
      /expired\.$/,
    );
  });

  it('names no endpoint if none was called', () => {
    const raw = rawOptions({});
    const run = { token: undefined, raw, options: parseOptions(raw, RULES), runtime: new ScriptedRuntime([]) };
    const advice = (code: FailureCode, answer: Answer) => remedyOf(new Failure(code, 'x', { answer }), run);
    assert.deepEqual(advice('UnexpectedAnswer', {}), {});
    assert.deepEqual(advice('CertificateNotTrusted', { code: 'CERT_HAS_EXPIRED' }), {});
    assert.deepEqual(advice('ProxyRefused', { message: 'the proxy p:1 refused to connect to x (HTTP 403)' }).changes, [
      'Ask whoever runs the proxy to allow this host.',
    ]);
  });
});
