import assert from 'node:assert/strict';
import { requestedRegion } from '../src/sts/requested-region.ts';

describe('the region of a request', () => {
  const scope = (region: string, service = 'sts') =>
    `AWS4-HMAC-SHA256 Credential=NOBODYSKEY/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=00`;
  const cases: readonly { name: string; headers: Record<string, string>; region: string | undefined }[] = [
    { name: 'the host of a region', headers: { host: 'sts.eu-west-1.amazonaws.com' }, region: 'eu-west-1' },
    {
      name: 'the FIPS host of a region',
      headers: { host: 'sts-fips.us-gov-west-1.amazonaws.com' },
      region: 'us-gov-west-1',
    },
    {
      name: 'the host of a region in China',
      headers: { host: 'sts.cn-north-1.amazonaws.com.cn:443' },
      region: 'cn-north-1',
    },
    { name: 'the global host', headers: { host: 'sts.amazonaws.com' }, region: undefined },
    { name: 'an address', headers: { host: '127.0.0.1:8080' }, region: undefined },
    { name: 'no host', headers: {}, region: undefined },
    {
      name: 'a signature, which wins',
      headers: { host: 'sts.eu-west-1.amazonaws.com', authorization: scope('eu-north-1') },
      region: 'eu-north-1',
    },
    {
      name: 'a signature for another service',
      headers: { authorization: scope('eu-north-1', 's3') },
      region: undefined,
    },
  ];
  for (const { name, headers, region } of cases) {
    it(`is ${region ?? 'not known'} with ${name}`, () => {
      assert.equal(requestedRegion({ headers }), region);
    });
  }
});
