/** Compares the hosts of STS with the AWS SDK's own choice. */
import assert from 'node:assert/strict';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { stsEndpointOf } from '../src/aws/region.ts';
import { readEndpointVariant, variantVariables } from '../src/options/endpoint-variant.ts';

/** Regions of every partition, and two that no partition has. */
const REGIONS = [
  ...['us-east-1', 'us-west-2', 'eu-west-1', 'eu-south-2', 'ap-southeast-7', 'ap-east-2', 'sa-east-1', 'ca-west-1'],
  ...['me-central-1', 'af-south-1', 'il-central-1', 'mx-central-1'],
  ...['cn-north-1', 'cn-northwest-1', 'us-gov-west-1', 'us-gov-east-1', 'eusc-de-east-1'],
  ...['us-iso-east-1', 'us-iso-west-1', 'us-isob-east-1', 'us-isob-west-1', 'eu-isoe-west-1', 'us-isof-south-1'],
  ...['xx-new-1', 'asia-north-2'],
];
const ON_OFF = [false, true];

/** Sends a request with the SDK's client and intercepts it. */
async function hostOfSdk(region: string, useFipsEndpoint: boolean, useDualstackEndpoint: boolean): Promise<string> {
  let host = '';
  const sts = new STSClient({
    region,
    useFipsEndpoint,
    useDualstackEndpoint,
    maxAttempts: 1,
    requestHandler: {
      handle: async ({ protocol, hostname }: { protocol: string; hostname: string }) => {
        host = `${protocol}//${hostname}`;
        throw new Error('caught');
      },
    },
  });
  const command = new AssumeRoleWithWebIdentityCommand({
    RoleArn: 'arn:aws:iam::123456789012:role/deploy',
    RoleSessionName: 'test',
    WebIdentityToken: 'token',
  });
  await assert.rejects(sts.send(command), /caught/);
  return host;
}

describe('the variants of STS endpoints', () => {
  for (const region of REGIONS) {
    it(`equal those of the AWS SDK in ${region}`, async () => {
      for (const isFips of ON_OFF) {
        for (const isDualStack of ON_OFF) {
          assert.equal(
            stsEndpointOf(region, { isFips, isDualStack }),
            await hostOfSdk(region, isFips, isDualStack),
            `FIPS ${isFips}, dual-stack ${isDualStack}`,
          );
        }
      }
    });
  }

  const on = (name: string, value: string) => readEndpointVariant({ [name]: value });
  it('are selected by the variables of AWS tools', () => {
    const usual = { isFips: false, isDualStack: false };
    for (const value of ['true', 'TRUE', ' true ']) {
      assert.deepEqual(on('AWS_USE_FIPS_ENDPOINT', value).endpointVariant, { ...usual, isFips: true });
      assert.deepEqual(on('AWS_USE_DUALSTACK_ENDPOINT', value).endpointVariant, { ...usual, isDualStack: true });
    }
    for (const value of ['false', '', ' ']) {
      assert.deepEqual(on('AWS_USE_FIPS_ENDPOINT', value), { endpointVariant: usual, problems: [] });
    }
  });

  it('are not guessed from other values', () => {
    for (const value of ['1', 'yes', 'on']) {
      assert.deepEqual(on('AWS_USE_FIPS_ENDPOINT', value).problems, [
        { option: 'AWS_USE_FIPS_ENDPOINT', message: `is "${value}", neither true nor false` },
      ]);
    }
    assert.match(on('AWS_USE_DUALSTACK_ENDPOINT', '$DUALSTACK').problems[0]?.message ?? '', /isn't defined/);
  });

  it('are named by the same variables for tools that call STS themselves', () => {
    for (const isFips of ON_OFF) {
      for (const isDualStack of ON_OFF) {
        const variant = { isFips, isDualStack };
        const env = Object.fromEntries(variantVariables(variant).map((name) => [name, 'true']));
        assert.deepEqual(readEndpointVariant(env), { endpointVariant: variant, problems: [] });
      }
    }
  });
});
