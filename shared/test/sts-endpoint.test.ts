import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import nock from 'nock';
import { assumeRole } from '../src/assume-role.ts';
import { stsEndpointOf } from '../src/aws/region.ts';
import { networkTransport } from '../src/net/transport.ts';
import { RecordingSystem, rawOptions, ScriptedRuntime, success } from './support.ts';

// After loading, nock intercepts the network of all tests in the process.
nock.restore();

/** Checks the one behaviour that the emulator cannot show: by default the request goes to AWS's own hosts, over TLS. */
describe('the regional endpoint of AWS STS', () => {
  before(() => {
    nock.activate();
    nock.disableNetConnect();
    syncBuiltinESMExports();
  });
  after(() => {
    nock.enableNetConnect();
    nock.restore();
    syncBuiltinESMExports();
  });

  const hosts: { region: string; partition: string; host: string }[] = [
    { region: 'eu-west-1', partition: 'aws', host: 'sts.eu-west-1.amazonaws.com' },
    { region: 'cn-north-1', partition: 'aws-cn', host: 'sts.cn-north-1.amazonaws.com.cn' },
    { region: 'us-gov-west-1', partition: 'aws-us-gov', host: 'sts.us-gov-west-1.amazonaws.com' },
    { region: 'eusc-de-east-1', partition: 'aws-eusc', host: 'sts.eusc-de-east-1.amazonaws.eu' },
  ];
  it('is under amazonaws.com for an unknown region', () => {
    assert.equal(stsEndpointOf('xx-new-1'), 'https://sts.xx-new-1.amazonaws.com');
  });

  for (const { region, partition, host } of hosts) {
    it(`is ${host} for ${region}`, async () => {
      const roleArn = `arn:${partition}:iam::123456789012:role/deploy`;
      const scope = nock(`https://${host}:443`, { badheaders: ['authorization'] })
        .matchHeader('content-type', 'application/x-www-form-urlencoded')
        .matchHeader('user-agent', 'test/1')
        .post('/', (body) => body.Action === 'AssumeRoleWithWebIdentity' && body.RoleArn === roleArn)
        .reply(200, (_, body) =>
          success({
            method: 'POST',
            url: new URL(`https://${host}`),
            headers: {},
            body: String(new URLSearchParams(body as Record<string, string>)),
          }).body.toString(),
        );
      const ci = new RecordingSystem();
      const runtime = Object.assign(new ScriptedRuntime([]), { transport: networkTransport() });
      await assumeRole(ci, rawOptions({ region, roleArn }), { exposeModes: ['environment'] }, runtime);
      scope.done();
      assert.equal(ci.published?.length, 1);
    });
  }
});
