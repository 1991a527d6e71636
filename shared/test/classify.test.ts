import assert from 'node:assert/strict';
import { FAILURES, Failure, type FailureCode, type Heals } from '../src/core/failure.ts';
import { TransportError } from '../src/net/transport.ts';
import { classify, type Verdict } from '../src/sts/classify.ts';
import { StsError } from '../src/sts/sts-client.ts';

const answer = (status: number, code: string, message = 'x', retryAfter?: number) =>
  new StsError({ status, code, message }, true, retryAfter);
const page = (status: number, message = 'an answer that begins: <html>') =>
  new StsError({ status, message }, false, undefined);
const network = (code: string) => new TransportError(code, 'x');
const token = (message: string) => answer(400, 'InvalidIdentityToken', message);

interface Case {
  readonly name: string;
  readonly error: unknown;
  readonly code: FailureCode;
  readonly heals: Heals;
  readonly elsewhere?: boolean;
}

const CASES: readonly Case[] = [
  { name: 'Throttling', error: answer(400, 'Throttling'), code: 'Throttled', heals: 'again' },
  { name: 'ThrottlingException', error: answer(400, 'ThrottlingException'), code: 'Throttled', heals: 'again' },
  { name: 'RequestLimitExceeded', error: answer(503, 'RequestLimitExceeded'), code: 'Throttled', heals: 'again' },
  { name: 'status 429 of anybody', error: page(429), code: 'Throttled', heals: 'again' },
  {
    name: 'InternalFailure',
    error: answer(500, 'InternalFailure'),
    code: 'ServiceFault',
    heals: 'again',
    elsewhere: true,
  },
  {
    name: 'ServiceUnavailable with another status',
    error: answer(400, 'ServiceUnavailable'),
    code: 'ServiceFault',
    heals: 'again',
    elsewhere: true,
  },
  { name: 'page with status 502', error: page(502), code: 'ServiceFault', heals: 'again', elsewhere: true },
  { name: 'page with status 500', error: page(500), code: 'ServiceFault', heals: 'again', elsewhere: true },
  { name: 'page with status 499', error: page(499), code: 'UnexpectedAnswer', heals: 'no' },
  { name: 'page with status 200', error: page(200), code: 'UnexpectedAnswer', heals: 'no' },
  { name: 'page with status 403', error: page(403), code: 'UnexpectedAnswer', heals: 'no' },
  {
    name: 'answer that was cut',
    error: page(200, 'the answer could not be read'),
    code: 'Unreachable',
    heals: 'again',
  },
  {
    name: 'page that speaks of one',
    error: page(200, 'an answer that begins: <p>the answer could not be read</p>'),
    code: 'UnexpectedAnswer',
    heals: 'no',
  },
  {
    name: 'refusal that was cut',
    error: page(400, 'the answer could not be read'),
    code: 'UnexpectedAnswer',
    heals: 'no',
  },
  { name: 'AccessDenied', error: answer(403, 'AccessDenied'), code: 'AccessDenied', heals: 'no' },
  { name: 'ExpiredToken', error: answer(400, 'ExpiredTokenException'), code: 'TokenExpired', heals: 'new-token' },
  {
    name: 'IDPCommunicationError',
    error: answer(400, 'IDPCommunicationError'),
    code: 'KeysUnreachable',
    heals: 'again',
  },
  {
    name: 'keys that AWS could not fetch',
    error: token("Couldn't retrieve verification key from your identity provider,  please reference"),
    code: 'KeysUnreachable',
    heals: 'again',
  },
  {
    name: 'no identity provider',
    error: token('No OpenIDConnect provider found in your account for https://x'),
    code: 'ProviderNotRegistered',
    heals: 'no',
  },
  { name: 'audience', error: token('Incorrect token audience'), code: 'AudienceNotAccepted', heals: 'no' },
  {
    name: 'audiences',
    error: token('Token audience contains more than one audience while authorized party is not present'),
    code: 'SeveralAudiences',
    heals: 'no',
  },
  {
    name: 'words of another refusal inside',
    error: token('Rejected: Incorrect token audience'),
    code: 'IdentityTokenRejected',
    heals: 'no',
  },
  {
    name: 'words of yet another refusal inside',
    error: token('Rejected: No OpenIDConnect provider found in your account for https://x'),
    code: 'IdentityTokenRejected',
    heals: 'no',
  },
  {
    name: 'another fault of the token',
    error: token('Missing a required claim: sub'),
    code: 'IdentityTokenRejected',
    heals: 'no',
  },
  { name: 'IDPRejectedClaim', error: answer(403, 'IDPRejectedClaim'), code: 'IdentityTokenRejected', heals: 'no' },
  {
    name: 'MalformedPolicyDocument',
    error: answer(400, 'MalformedPolicyDocument'),
    code: 'SessionPolicyRejected',
    heals: 'no',
  },
  {
    name: 'PackedPolicyTooLarge',
    error: answer(400, 'PackedPolicyTooLarge'),
    code: 'SessionPolicyRejected',
    heals: 'no',
  },
  { name: 'RegionDisabled', error: answer(403, 'RegionDisabledException'), code: 'RegionDisabled', heals: 'no' },
  {
    name: 'session longer than the role allows',
    error: answer(
      400,
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    ),
    code: 'SessionTooLong',
    heals: 'no',
  },
  {
    name: 'session longer than a chain allows',
    error: answer(
      400,
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    ),
    code: 'SessionTooLong',
    heals: 'no',
  },
  { name: 'other invalid value', error: answer(400, 'ValidationError'), code: 'RequestRejected', heals: 'no' },
  { name: 'unknown code', error: answer(400, 'SomethingNew'), code: 'RequestRejected', heals: 'no' },
  ...[
    'ECONNRESET',
    'ECONNREFUSED',
    'EPIPE',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EPROXY',
    'HPE_INVALID_EOF_STATE',
    'EPROTONOSUPPORT',
  ].map((code): Case => ({ name: code, error: network(code), code: 'Unreachable', heals: 'again', elsewhere: true })),
  ...[
    // All that node:tls lists as "X509 certificate error codes", but for OUT_OF_MEM.
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_CRL',
    'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
    'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
    'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
    'CERT_SIGNATURE_FAILURE',
    'CRL_SIGNATURE_FAILURE',
    'CERT_NOT_YET_VALID',
    'CERT_HAS_EXPIRED',
    'CRL_NOT_YET_VALID',
    'CRL_HAS_EXPIRED',
    'ERROR_IN_CERT_NOT_BEFORE_FIELD',
    'ERROR_IN_CERT_NOT_AFTER_FIELD',
    'ERROR_IN_CRL_LAST_UPDATE_FIELD',
    'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERT_CHAIN_TOO_LONG',
    'CERT_REVOKED',
    'INVALID_CA',
    'PATH_LENGTH_EXCEEDED',
    'INVALID_PURPOSE',
    'CERT_UNTRUSTED',
    'CERT_REJECTED',
    'HOSTNAME_MISMATCH',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ].map(
    (code): Case => ({ name: code, error: network(code), code: 'CertificateNotTrusted', heals: 'no', elsewhere: true }),
  ),
  ...['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_ANSWER_TOO_LARGE', 'HPE_INVALID_CONSTANT'].map(
    (code): Case => ({ name: code, error: network(code), code: 'UnexpectedAnswer', heals: 'no', elsewhere: true }),
  ),
  {
    name: 'ERR_PROXY_REFUSED',
    error: network('ERR_PROXY_REFUSED'),
    code: 'ProxyRefused',
    heals: 'no',
    elsewhere: true,
  },
  { name: 'a failure of the catalogue', error: new Failure('Cancelled', 'x'), code: 'Cancelled', heals: 'no' },
  { name: 'anything else', error: new TypeError('x'), code: 'Internal', heals: 'no' },
];

describe('a failed try', () => {
  for (const { name, error, code, heals, elsewhere = false } of CASES) {
    it(`is ${code}, healed by ${heals}: ${name}`, () => {
      const verdict: Verdict = classify(error);
      assert.deepEqual(
        { code: verdict.code, heals: verdict.heals, elsewhere: verdict.elsewhere },
        { code, heals, elsewhere },
      );
    });
  }

  it('is judged as the catalogue says', () => {
    for (const { error } of CASES) {
      const { code, heals } = classify(error);
      assert.equal(heals, FAILURES[code].heals, code);
    }
  });

  it('keeps what the service asked for, and knows a crowd', () => {
    assert.equal(classify(answer(400, 'Throttling', 'x', 7000)).retryAfter, 7000);
    assert.equal(classify(answer(503, 'ServiceUnavailable', 'x', 3000)).retryAfter, 3000);
    assert.deepEqual(classify(answer(403, 'AccessDenied')), {
      code: 'AccessDenied',
      heals: 'no',
      elsewhere: false,
      backoff: 100,
      retryAfter: undefined,
    });
    assert.equal(classify(answer(400, 'Throttling')).crowded, true);
    assert.equal(classify(network('ECONNRESET')).crowded, undefined);
    assert.deepEqual(
      [answer(400, 'Throttling'), token("Couldn't retrieve verification key"), network('ECONNRESET')].map(
        (error) => classify(error).backoff,
      ),
      [500, 500, 100],
    );
  });

  it('is judged even where the service left everything out', () => {
    assert.equal(classify(new StsError({ message: '' }, true, undefined)).code, 'RequestRejected');
    assert.equal(
      classify(new StsError({ code: 'InvalidIdentityToken', message: '' }, true, undefined)).code,
      'IdentityTokenRejected',
    );
  });
});
