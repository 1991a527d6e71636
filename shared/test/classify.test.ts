import assert from 'node:assert/strict';
import { FAILURES, Failure, type FailureCode, type Retry } from '../src/core/failure.ts';
import { TransportError } from '../src/net/transport-error.ts';
import type { Verdict } from '../src/net/verdict.ts';
import { classify } from '../src/sts/classify.ts';
import { StsError } from '../src/sts/sts-client.ts';

const answer = (status: number, code: string, message = 'x', retryAfter?: number) =>
  new StsError({ answer: { status, code, message }, fromSts: true, retryAfter });
const page = (status: number, message = 'an answer that begins: <html>') =>
  new StsError({ answer: { status, message }, fromSts: false });
const network = (code: string) => new TransportError(code, 'x');
const token = (message: string) => answer(400, 'InvalidIdentityToken', message);

interface Case {
  readonly name: string;
  readonly error: unknown;
  readonly code: FailureCode;
  readonly retry: Retry;
  readonly tryNextEndpoint?: boolean;
}

const CASES: readonly Case[] = [
  { name: 'Throttling', error: answer(400, 'Throttling'), code: 'Throttled', retry: 'same' },
  { name: 'ThrottlingException', error: answer(400, 'ThrottlingException'), code: 'Throttled', retry: 'same' },
  { name: 'RequestLimitExceeded', error: answer(503, 'RequestLimitExceeded'), code: 'Throttled', retry: 'same' },
  { name: 'status 429 of anybody', error: page(429), code: 'Throttled', retry: 'same' },
  {
    name: 'InternalFailure',
    error: answer(500, 'InternalFailure'),
    code: 'ServiceFault',
    retry: 'same',
    tryNextEndpoint: true,
  },
  {
    name: 'ServiceUnavailable with another status',
    error: answer(400, 'ServiceUnavailable'),
    code: 'ServiceFault',
    retry: 'same',
    tryNextEndpoint: true,
  },
  { name: 'page with status 502', error: page(502), code: 'ServiceFault', retry: 'same', tryNextEndpoint: true },
  { name: 'page with status 500', error: page(500), code: 'ServiceFault', retry: 'same', tryNextEndpoint: true },
  { name: 'page with status 499', error: page(499), code: 'UnexpectedAnswer', retry: 'never' },
  { name: 'page with status 200', error: page(200), code: 'UnexpectedAnswer', retry: 'never' },
  { name: 'page with status 403', error: page(403), code: 'UnexpectedAnswer', retry: 'never' },
  {
    name: 'answer that was cut',
    error: page(200, 'the answer could not be read'),
    code: 'Unreachable',
    retry: 'same',
  },
  {
    name: 'page that speaks of one',
    error: page(200, 'an answer that begins: <p>the answer could not be read</p>'),
    code: 'UnexpectedAnswer',
    retry: 'never',
  },
  {
    name: 'refusal that was cut',
    error: page(400, 'the answer could not be read'),
    code: 'UnexpectedAnswer',
    retry: 'never',
  },
  { name: 'AccessDenied', error: answer(403, 'AccessDenied'), code: 'AccessDenied', retry: 'never' },
  { name: 'ExpiredToken', error: answer(400, 'ExpiredTokenException'), code: 'TokenExpired', retry: 'new-token' },
  {
    name: 'IDPCommunicationError',
    error: answer(400, 'IDPCommunicationError'),
    code: 'KeysUnreachable',
    retry: 'same',
  },
  {
    name: 'keys that AWS could not fetch',
    error: token("Couldn't retrieve verification key from your identity provider,  please reference"),
    code: 'KeysUnreachable',
    retry: 'same',
  },
  {
    name: 'no identity provider',
    error: token('No OpenIDConnect provider found in your account for https://x'),
    code: 'ProviderNotRegistered',
    retry: 'never',
  },
  { name: 'audience', error: token('Incorrect token audience'), code: 'AudienceNotAccepted', retry: 'never' },
  {
    name: 'one answer for provider, audience and signature',
    error: token(
      'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.',
    ),
    code: 'IdentityTokenNotValidated',
    retry: 'never',
  },
  {
    name: 'thumbprint',
    error: token("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"),
    code: 'ThumbprintMismatch',
    retry: 'never',
  },
  {
    name: 'words of that answer inside another',
    error: token('Rejected: The web identity token provided could not be validated'),
    code: 'IdentityTokenRejected',
    retry: 'never',
  },
  {
    name: 'role that the roles claim does not list',
    error: token('The target role ARN is not present in the roles claim of the identity token'),
    code: 'IdentityTokenRejected',
    retry: 'never',
  },
  {
    name: 'scoped session longer than its caller',
    error: answer(400, 'InsufficientSessionLifetime'),
    code: 'SessionTooLong',
    retry: 'never',
  },
  {
    name: 'scoped session that would extend its caller',
    error: answer(403, 'SessionDurationEscalationException'),
    code: 'SessionTooLong',
    retry: 'never',
  },
  {
    name: 'subject credentials that are not valid',
    error: answer(400, 'InvalidSubjectCredentials'),
    code: 'RequestRejected',
    retry: 'never',
  },
  {
    name: 'audiences',
    error: token('Token audience contains more than one audience while authorized party is not present'),
    code: 'SeveralAudiences',
    retry: 'never',
  },
  {
    name: 'words of another refusal inside',
    error: token('Rejected: Incorrect token audience'),
    code: 'IdentityTokenRejected',
    retry: 'never',
  },
  {
    name: 'words of yet another refusal inside',
    error: token('Rejected: No OpenIDConnect provider found in your account for https://x'),
    code: 'IdentityTokenRejected',
    retry: 'never',
  },
  {
    name: 'another fault of the token',
    error: token('Missing a required claim: sub'),
    code: 'IdentityTokenRejected',
    retry: 'never',
  },
  { name: 'IDPRejectedClaim', error: answer(403, 'IDPRejectedClaim'), code: 'IdentityTokenRejected', retry: 'never' },
  {
    name: 'MalformedPolicyDocument',
    error: answer(400, 'MalformedPolicyDocument'),
    code: 'SessionPolicyRejected',
    retry: 'never',
  },
  {
    name: 'PackedPolicyTooLarge',
    error: answer(400, 'PackedPolicyTooLarge'),
    code: 'SessionPolicyRejected',
    retry: 'never',
  },
  { name: 'RegionDisabled', error: answer(403, 'RegionDisabledException'), code: 'RegionDisabled', retry: 'never' },
  {
    name: 'session longer than the role allows',
    error: answer(
      400,
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    ),
    code: 'SessionTooLong',
    retry: 'never',
  },
  {
    name: 'session longer than a chain allows',
    error: answer(
      400,
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    ),
    code: 'SessionTooLong',
    retry: 'never',
  },
  { name: 'other invalid value', error: answer(400, 'ValidationError'), code: 'RequestRejected', retry: 'never' },
  { name: 'unknown code', error: answer(400, 'SomethingNew'), code: 'RequestRejected', retry: 'never' },
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
  ].map(
    (code): Case => ({ name: code, error: network(code), code: 'Unreachable', retry: 'same', tryNextEndpoint: true }),
  ),
  ...[
    // Codes in node:tls's list "X509 certificate error codes", except OUT_OF_MEM.
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
    (code): Case => ({
      name: code,
      error: network(code),
      code: 'CertificateNotTrusted',
      retry: 'never',
      tryNextEndpoint: true,
    }),
  ),
  ...['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_ANSWER_TOO_LARGE', 'HPE_INVALID_CONSTANT'].map(
    (code): Case => ({
      name: code,
      error: network(code),
      code: 'UnexpectedAnswer',
      retry: 'never',
      tryNextEndpoint: true,
    }),
  ),
  {
    name: 'ERR_PROXY_REFUSED',
    error: network('ERR_PROXY_REFUSED'),
    code: 'ProxyRefused',
    retry: 'never',
    tryNextEndpoint: true,
  },
  { name: 'a failure of the catalogue', error: new Failure('Cancelled', 'x'), code: 'Cancelled', retry: 'never' },
  { name: 'anything else', error: new TypeError('x'), code: 'Internal', retry: 'never' },
];

describe('a failed attempt', () => {
  for (const { name, error, code, retry, tryNextEndpoint = false } of CASES) {
    it(`is ${code}, retry ${retry}: ${name}`, () => {
      const verdict: Verdict = classify(error);
      assert.deepEqual(
        { code: verdict.code, retry: verdict.retry, tryNextEndpoint: verdict.tryNextEndpoint },
        { code, retry, tryNextEndpoint },
      );
    });
  }

  it('is judged as in the catalogue', () => {
    for (const { error } of CASES) {
      const { code, retry } = classify(error);
      assert.equal(retry, FAILURES[code].retry, code);
    }
  });

  it("keeps the service's wait, and recognises throttling", () => {
    assert.equal(classify(answer(400, 'Throttling', 'x', 7000)).retryAfter, 7000);
    assert.equal(classify(answer(503, 'ServiceUnavailable', 'x', 3000)).retryAfter, 3000);
    assert.deepEqual(classify(answer(403, 'AccessDenied')), {
      code: 'AccessDenied',
      retry: 'never',
      tryNextEndpoint: false,
      backoff: 100,
      retryAfter: undefined,
    });
    assert.equal(classify(answer(400, 'Throttling')).throttled, true);
    assert.equal(classify(network('ECONNRESET')).throttled, undefined);
    assert.deepEqual(
      [answer(400, 'Throttling'), token("Couldn't retrieve verification key"), network('ECONNRESET')].map(
        (error) => classify(error).backoff,
      ),
      [500, 500, 100],
    );
  });

  it('is judged even if the service omitted everything', () => {
    assert.equal(classify(new StsError({ answer: { message: '' }, fromSts: true })).code, 'RequestRejected');
    assert.equal(
      classify(new StsError({ answer: { code: 'InvalidIdentityToken', message: '' }, fromSts: true })).code,
      'IdentityTokenRejected',
    );
  });
});
