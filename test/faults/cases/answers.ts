import { type Fault, stsFault } from '../fault.ts';
import { endlessServer } from '../network/servers.ts';

const PAGE = '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>';
const once = { times: 1 };

/** An answer of STS with these credentials. */
function credentials(inside: string): string {
  return `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><AssumedRoleUser><AssumedRoleId>AROATEST:x</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/deploy/x</Arn></AssumedRoleUser><Credentials>${inside}<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
}

function refusal(code: string, message: string): string {
  return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>01234567-89ab</RequestId></ErrorResponse>`;
}

/** Answers of STS, or of something in its place. */
export const answers: readonly Fault[] = (
  [
    {
      name: 'STS never answers',
      outcome: 'TimedOut',
      calls: 1,
      arrange: () => ({ ...stsFault({ hang: true }), options: { timeoutSeconds: '2' } }),
      says: /the time limit of 2 s \(\w+\) passed/i,
    },
    {
      name: 'slow loris: an answer of a few bytes a second',
      outcome: 'TimedOut',
      calls: 1,
      arrange: () => ({ ...stsFault({ slowBytesPerSecond: 10 }), options: { timeoutSeconds: '2' } }),
    },
    {
      name: 'connection reset, once',
      outcome: 'survived',
      calls: 2,
      arrange: () => stsFault({ dropConnection: 'before' }, once),
    },
    {
      name: 'connection reset, each time',
      outcome: 'Unreachable',
      calls: 3,
      arrange: () => stsFault({ dropConnection: 'before' }),
      says: /Try 2 of 3 failed \(Unreachable: ECONNRESET\); next in \d+ ms/,
    },
    {
      name: 'answer broken off in its body, once',
      outcome: 'survived',
      calls: 2,
      arrange: () => stsFault({ dropConnection: 'mid-body' }, once),
    },
    {
      name: 'answer broken off in its body, each time',
      outcome: 'Unreachable',
      calls: 3,
      arrange: () => stsFault({ dropConnection: 'mid-body' }),
    },
    {
      name: 'truncated XML, once',
      outcome: 'survived',
      calls: 2,
      arrange: () => stsFault({ truncateBodyAt: 300 }, once),
    },
    {
      name: 'truncated XML, each time',
      outcome: 'Unreachable',
      calls: 3,
      arrange: () => stsFault({ truncateBodyAt: 300 }),
    },
    {
      name: 'sign-in page with status 200',
      outcome: 'UnexpectedAnswer',
      calls: 1,
      arrange: () => stsFault({ status: 200, body: PAGE, headers: { 'content-type': 'text/html', server: 'portal' } }),
      says: /an answer that begins: .*Sign in[\s\S]*server: portal/,
    },
    {
      name: 'page of a proxy with status 403',
      outcome: 'UnexpectedAnswer',
      calls: 1,
      arrange: () => stsFault({ status: 403, body: PAGE }),
    },
    {
      name: 'page of a gateway with status 502, once',
      outcome: 'survived',
      calls: 2,
      arrange: () => stsFault({ status: 502, body: PAGE }, once),
    },
    {
      name: 'redirect to a sign-in page',
      outcome: 'UnexpectedAnswer',
      calls: 1,
      arrange: (scene) =>
        stsFault({ status: 302, body: '', headers: { location: `${scene.emulator.ready.sts}/sign-in` } }),
    },
    {
      name: 'JSON in place of XML',
      outcome: 'UnexpectedAnswer',
      calls: 1,
      arrange: () => stsFault({ status: 200, body: '{"message":"ok"}' }),
    },
    { name: 'empty answer', outcome: 'UnexpectedAnswer', calls: 1, arrange: () => stsFault({ status: 200, body: '' }) },
    {
      name: 'answer without credentials',
      outcome: 'UnexpectedAnswer',
      calls: 1,
      arrange: () => stsFault({ status: 200, body: credentials('') }),
    },
    {
      name: 'credentials with a line break in them',
      outcome: 'UnexpectedAnswer',
      calls: 1,
      arrange: () =>
        stsFault({
          status: 200,
          body: credentials(
            '<AccessKeyId>EXAMPLEKEYIDOFATEST</AccessKeyId><SecretAccessKey>a&#10;export PATH=/evil</SecretAccessKey><SessionToken>b</SessionToken>',
          ),
        }),
    },
    {
      name: 'error with a message of 900 000 characters',
      outcome: 'AccessDenied',
      calls: 1,
      arrange: () => stsFault({ status: 403, body: refusal('AccessDenied', 'no '.repeat(300_000)) }),
    },
    {
      name: 'answer without an end',
      outcome: 'UnexpectedAnswer',
      calls: 0,
      arrange: async (scene) => ({ options: { stsEndpoint: `http://${await endlessServer(scene)}` } }),
      says: /an answer of more than 1048576 bytes/,
    },
    {
      name: 'throttling, a burst of two',
      outcome: 'survived',
      calls: 3,
      arrange: () => stsFault({ code: 'Throttling' }, { times: 2 }),
    },
    { name: 'throttling, each time', outcome: 'Throttled', calls: 3, arrange: () => stsFault({ code: 'Throttling' }) },
    {
      name: 'throttling that asks for more patience than there is',
      outcome: 'Throttled',
      calls: 1,
      arrange: () => stsFault({ code: 'Throttling', headers: { 'retry-after': '120' } }),
      says: /no further attempt: the time limit of 4 s \(\w+\) leaves no room for one/,
    },
    {
      name: 'InternalFailure, once',
      outcome: 'survived',
      calls: 2,
      arrange: () => stsFault({ code: 'InternalFailure', status: 500 }, once),
    },
    {
      name: 'ServiceUnavailable, each time',
      outcome: 'ServiceFault',
      calls: 3,
      arrange: () => stsFault({ code: 'ServiceUnavailable', status: 503 }),
    },
    {
      name: 'AWS cannot reach the issuer, once',
      outcome: 'survived',
      calls: 2,
      arrange: () => stsFault({ code: 'IDPCommunicationError' }, once),
    },
    {
      name: 'AWS cannot fetch the keys of the issuer, once',
      outcome: 'survived',
      calls: 2,
      arrange: () =>
        stsFault(
          { code: 'InvalidIdentityToken', message: "Couldn't retrieve verification key from your identity provider," },
          once,
        ),
    },
    {
      name: 'AWS cannot fetch the keys of the issuer, each time',
      outcome: 'KeysUnreachable',
      calls: 3,
      arrange: () =>
        stsFault({
          code: 'InvalidIdentityToken',
          message: "Couldn't retrieve verification key from your identity provider,",
        }),
    },
    { name: 'denial', outcome: 'AccessDenied', calls: 1, arrange: () => stsFault({ code: 'AccessDenied' }) },
    {
      name: 'denial that quotes the token',
      outcome: 'AccessDenied',
      calls: 1,
      arrange: (scene) => stsFault({ status: 403, body: refusal('AccessDenied', `not you, ${scene.token}!`) }),
      says: /not you, \[secret\]!|not you, \*\*\*!/,
    },
    {
      name: 'denial with control characters and commands in it',
      outcome: 'AccessDenied',
      calls: 1,
      arrange: () =>
        stsFault({ code: 'AccessDenied', message: 'no\n##vso[task.setvariable variable=X]y \u001b[31mred' }),
    },
    {
      name: 'code that STS has never used before',
      outcome: 'RequestRejected',
      calls: 1,
      arrange: () => stsFault({ status: 418, body: refusal('TeapotFault', 'short and stout') }),
      says: /TeapotFault, short and stout \(HTTP 418, request id 01234567-89ab\)/,
    },
    {
      name: 'STS is not active in the region',
      outcome: 'RegionDisabled',
      calls: 1,
      arrange: () => stsFault({ code: 'RegionDisabledException' }),
    },
    {
      name: 'session policy that does not pack',
      outcome: 'SessionPolicyRejected',
      calls: 1,
      arrange: () => stsFault({ code: 'PackedPolicyTooLarge' }),
    },
    {
      name: 'issuer that rejects the claim',
      outcome: 'IdentityTokenRejected',
      calls: 1,
      arrange: () => stsFault({ code: 'IDPRejectedClaim' }),
    },
    {
      name: 'thumbprint that does not match',
      outcome: 'ThumbprintMismatch',
      calls: 1,
      arrange: () =>
        stsFault({
          code: 'InvalidIdentityToken',
          message: "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
        }),
    },
    {
      name: 'session longer than the role allows',
      outcome: 'SessionTooLong',
      calls: 1,
      arrange: () => ({ options: { durationSeconds: '7200' } }),
    },
  ] satisfies Omit<Fault, 'where'>[]
).map((fault) => ({ where: 'bundle', ...fault }));
