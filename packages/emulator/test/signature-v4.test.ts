import assert from 'node:assert/strict';
import type { Incoming } from '../src/http/incoming.ts';
import {
  type Authorization,
  checkScope,
  checkSignature,
  parseAuthorization,
  signatureOf,
} from '../src/sts/signature-v4.ts';
import { StsError } from '../src/sts/sts-error.ts';

/** The example secret of AWS's documentation and test suite. */
const secret = ['wJalrXUtnFEMI', 'K7MDENG+bPxRfiCYEXAMPLEKEY'].join('/');
const date = '20150830T123600Z';
const then = Date.UTC(2015, 7, 30, 12, 36);

function request(parts: Partial<Incoming> & Pick<Incoming, 'headers'>): Incoming {
  return { method: 'GET', path: '/', query: '', body: Buffer.alloc(0), ...parts };
}

function authorization(parts: Partial<Authorization>): Authorization {
  return {
    accessKeyId: 'AKIDEXAMPLE',
    date: '20150830',
    region: 'us-east-1',
    service: 'service',
    signedHeaders: ['host', 'x-amz-date'],
    signature: '',
    ...parts,
  };
}

const suiteHeaders = { host: 'example.amazonaws.com', 'x-amz-date': date };
const GET_VANILLA = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31';
const form = { ...suiteHeaders, 'content-type': 'application/x-www-form-urlencoded' };

describe('Signature Version 4', () => {
  const published = [
    {
      name: 'the example of the IAM user guide',
      request: request({
        query: 'Action=ListUsers&Version=2010-05-08',
        headers: {
          host: 'iam.amazonaws.com',
          'x-amz-date': date,
          'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        },
      }),
      authorization: authorization({ service: 'iam', signedHeaders: ['content-type', 'host', 'x-amz-date'] }),
      expected: '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    },
    {
      name: 'get-vanilla of the test suite',
      request: request({ headers: suiteHeaders }),
      authorization: authorization({}),
      expected: GET_VANILLA,
    },
    {
      name: 'get-vanilla-query-order-key-case',
      request: request({ headers: suiteHeaders, query: 'Param2=value2&Param1=value1' }),
      authorization: authorization({}),
      expected: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    },
    {
      name: 'post-x-www-form-urlencoded',
      request: request({ method: 'POST', headers: form, body: Buffer.from('Param1=value1') }),
      authorization: authorization({ signedHeaders: ['content-type', 'host', 'x-amz-date'] }),
      expected: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    },
    // Vectors of awslabs/aws-c-auth, tests/aws-signing-test-suite/v4.
    ...Object.entries({
      'get-relative-normalized': ['/example/..', GET_VANILLA],
      'get-relative-relative-normalized': ['/example1/example2/../..', GET_VANILLA],
      'get-slash-normalized': ['//', GET_VANILLA],
      'get-slash-dot-slash-normalized': ['/./', GET_VANILLA],
      'get-slash-pointless-dot-normalized': [
        '/./example',
        'ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5',
      ],
      'get-slashes-normalized': ['//example//', '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84'],
      'get-space-normalized': ['/example space/', '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741'],
      'get-utf8': ['/ሴ', '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85'],
    }).map(([name, [path = '', expected = '']]) => ({
      name,
      request: request({ headers: suiteHeaders, path }),
      authorization: authorization({}),
      expected,
    })),
    ...Object.entries({
      'get-header-key-duplicate': [
        ['value2', 'value2', 'value1'],
        'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
      ],
      'get-header-value-order': [
        ['value4', 'value1', 'value3', 'value2'],
        '08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01',
      ],
    } as const).map(([name, [values, expected]]) => ({
      name,
      request: request({
        headers: { ...suiteHeaders, 'my-header1': values.join(', ') },
        headersDistinct: {
          host: [suiteHeaders.host],
          'x-amz-date': [suiteHeaders['x-amz-date']],
          'my-header1': [...values],
        },
      }),
      authorization: authorization({ signedHeaders: ['host', 'my-header1', 'x-amz-date'] }),
      expected,
    })),
  ];
  for (const { name, request, authorization, expected } of published) {
    it(`computes the published signature for ${name}`, () => {
      assert.equal(signatureOf(request, authorization, secret, date).toString('hex'), expected);
      checkSignature(request, { ...authorization, signature: expected }, secret, then);
    });
  }

  const good = GET_VANILLA;
  const refused: readonly { name: string; check: () => void; code: string; message: RegExp }[] = [
    {
      name: 'another secret',
      check: () =>
        checkSignature(request({ headers: suiteHeaders }), authorization({ signature: good }), 'other', then),
      code: 'SignatureDoesNotMatch',
      message: /^The request signature we calculated does not match/,
    },
    {
      name: 'another body',
      check: () =>
        checkSignature(
          request({ headers: suiteHeaders, body: Buffer.from('x') }),
          authorization({ signature: good }),
          secret,
          then,
        ),
      code: 'SignatureDoesNotMatch',
      message: /^The request signature we calculated does not match/,
    },
    {
      name: 'a signature of another length',
      check: () =>
        checkSignature(request({ headers: suiteHeaders }), authorization({ signature: '5fa0' }), secret, then),
      code: 'SignatureDoesNotMatch',
      message: /^The request signature we calculated does not match/,
    },
    {
      name: 'a date more than 15 minutes back',
      check: () =>
        checkSignature(request({ headers: suiteHeaders }), authorization({ signature: good }), secret, then + 901_000),
      code: 'SignatureDoesNotMatch',
      message:
        /^Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z \(20150830T125101Z - 15 min\.\)$/,
    },
    {
      name: 'a date more than 15 minutes ahead',
      check: () =>
        checkSignature(request({ headers: suiteHeaders }), authorization({ signature: good }), secret, then - 901_000),
      code: 'SignatureDoesNotMatch',
      message: /^Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z /,
    },
    {
      name: 'a day in the scope that is not the date',
      check: () =>
        checkSignature(request({ headers: suiteHeaders }), authorization({ date: '20150831' }), secret, then),
      code: 'SignatureDoesNotMatch',
      message: /^Date in Credential scope does not match YYYYMMDD/,
    },
    {
      name: 'a host that is not signed',
      check: () =>
        checkSignature(
          request({ headers: suiteHeaders }),
          authorization({ signedHeaders: ['x-amz-date'] }),
          secret,
          then,
        ),
      code: 'SignatureDoesNotMatch',
      message: /^'host' must be a 'SignedHeader'/,
    },
    {
      name: 'a session token that is sent but not signed',
      check: () =>
        checkSignature(
          request({ headers: { ...suiteHeaders, 'x-amz-security-token': 'added later' } }),
          authorization({ signature: good }),
          secret,
          then,
        ),
      code: 'SignatureDoesNotMatch',
      message: /^'x-amz-security-token' must be a 'SignedHeader'/,
    },
    {
      name: 'no date at all',
      check: () => checkSignature(request({ headers: { host: 'h' } }), authorization({}), secret, then),
      code: 'IncompleteSignature',
      message: /'X-Amz-Date' or a 'Date' header/,
    },
    {
      name: 'no Authorization header',
      check: () => void parseAuthorization(undefined),
      code: 'MissingAuthenticationToken',
      message: /^Request is missing Authentication Token$/,
    },
    {
      name: 'another kind of Authorization',
      check: () => void parseAuthorization('Bearer abc'),
      code: 'IncompleteSignature',
      message: /./,
    },
    {
      name: 'an Authorization with parts missing',
      check: () => void parseAuthorization('AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request'),
      code: 'IncompleteSignature',
      message:
        /^Authorization header requires 'Signature' parameter\. Authorization header requires 'SignedHeaders' parameter\.$/,
    },
    {
      name: 'a scope with parts missing',
      check: () => void parseAuthorization('AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=00'),
      code: 'IncompleteSignature',
      message: /5 slash-delimited elements/,
    },
    {
      name: 'a scope without a region',
      check: () => checkScope(authorization({ region: 'Mars', service: 'sts' })),
      code: 'SignatureDoesNotMatch',
      message: /^Credential should be scoped to a valid region\. $/,
    },
    {
      name: 'a scope of another service without a region',
      check: () => checkScope(authorization({ region: '', service: 's3' })),
      code: 'SignatureDoesNotMatch',
      message:
        /^Credential should be scoped to a valid region\. Credential should be scoped to correct service: 'sts'\. $/,
    },
  ];
  for (const { name, check, code, message } of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(check, (error) => {
        assert(error instanceof StsError);
        assert.equal(error.code, code);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it('accepts the scope of any region of every partition', () => {
    for (const region of [
      'us-east-1',
      'cn-north-1',
      'us-gov-west-1',
      'eusc-de-east-1',
      'us-isob-east-1',
      'mx-central-1',
    ]) {
      checkScope(authorization({ region, service: 'sts' }));
    }
  });

  it('parses the header with and without spaces between its fields', () => {
    const scope = 'id/20150830/us-east-1/sts/aws4_request';
    const expected = { accessKeyId: 'id', date: '20150830', region: 'us-east-1', service: 'sts' };
    for (const separator of [', ', ',']) {
      const fields = [`Credential=${scope}`, 'SignedHeaders=host;x-amz-date', 'Signature=abc'].join(separator);
      assert.deepEqual(parseAuthorization(`AWS4-HMAC-SHA256 ${fields}`), {
        ...expected,
        signedHeaders: ['host', 'x-amz-date'],
        signature: 'abc',
      });
    }
  });
});
