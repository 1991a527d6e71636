import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { silentLog } from '../src/core/log.ts';
import { Secret } from '../src/core/secret.ts';
import { IdentityToken } from '../src/identity/identity-token.ts';
import { AssumedCredentials } from '../src/sts/assumed-credentials.ts';
import { tokenText } from './support.ts';

const value = randomBytes(30).toString('base64');
const text = tokenText();
const credentials = new AssumedCredentials({
  accessKeyId: 'EXAMPLEKEYIDOFATEST',
  secretAccessKey: value,
  sessionToken: value,
  expiration: new Date(0),
  assumedRoleArn: 'arn:aws:sts::123456789012:assumed-role/deploy/x',
  endpoint: 'https://sts.eu-west-1.amazonaws.com',
});

const HOLDERS: { name: string; holder: object; secret: string; expected: string }[] = [
  { name: 'a secret', holder: new Secret(value), secret: value, expected: '[secret]' },
  { name: 'an identity token', holder: IdentityToken.parse(text), secret: text, expected: '[identity token]' },
  {
    name: 'assumed credentials',
    holder: credentials,
    secret: value,
    expected: '[credentials of arn:aws:sts::123456789012:assumed-role/deploy/x]',
  },
];

describe('the holder of a secret', () => {
  for (const { name, holder, secret, expected } of HOLDERS) {
    it(`does not show it in any form of printing: ${name}`, () => {
      const ways = {
        template: `${holder}`,
        json: JSON.parse(JSON.stringify(holder)),
        inspected: inspect(holder),
        'inspected with all': inspect(holder, { showHidden: true, depth: null }),
        nested: inspect({ holder }).includes(expected) ? expected : 'another form',
      };
      for (const [way, printed] of Object.entries(ways)) {
        assert.equal(printed, expected, way);
        assert.ok(!printed.includes(secret));
      }
      assert.ok(!Object.values(holder).some((one) => typeof one === 'string' && one.includes(secret)));
    });
  }

  it('returns it on request', () => {
    assert.equal(new Secret(value).reveal(), value);
    assert.equal(credentials.sessionToken.reveal(), value);
  });

  it('has no account if the ARN has none', () => {
    const odd = new AssumedCredentials({
      accessKeyId: 'EXAMPLEKEYIDOFATEST',
      secretAccessKey: value,
      sessionToken: value,
      expiration: new Date(0),
      assumedRoleArn: 'not an ARN',
      endpoint: 'https://x',
    });
    assert.equal(odd.accountId, '');
  });

  it('may be passed to a silent log', () => {
    for (const say of [silentLog.info, silentLog.warning, silentLog.debug]) assert.equal(say('x'), undefined);
    assert.equal(silentLog.mask(new Secret(value)), undefined);
  });
});
