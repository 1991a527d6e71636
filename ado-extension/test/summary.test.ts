import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { IdentityToken } from '@aws-oidc-assume/shared';
import fc from 'fast-check';
import { summaryOf } from '../AwsOidcAssume/AwsOidcAssumeV1/src/publish/summary.ts';
import { optionsOf, sessionOf } from './support.ts';

function tokenOf(claims: object): IdentityToken {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return IdentityToken.parse(`${part({})}.${part(claims)}.${randomBytes(8).toString('base64url')}`);
}

describe('the summary of the job', () => {
  it('shows role, account, expiry, region, subject and mode for each role', () => {
    const text = summaryOf({
      sessions: [sessionOf('a'), sessionOf('b')],
      options: optionsOf({ expose: 'profile' }),
      token: tokenOf({ sub: 'sc://acme/shop/aws', iss: 'https://vstoken.dev.azure.com/x' }),
    });
    assert.equal(
      text.match(/\| Assumed role \| <code>arn:aws:sts::123456789012:assumed-role\/deploy\/job<\/code> \|/g)?.length,
      2,
    );
    for (const cell of ['a', 'b', '2026-03-01T13:00:00.000Z', 'eu-west-1', 'sc://acme/shop/aws']) {
      assert.ok(text.includes(`<code>${cell}</code>`), cell);
    }
    assert.ok(text.includes('| AWS profiles |'));
  });

  it('shows no secret, and no account that must be masked: the agent masks nothing there', () => {
    const session = sessionOf();
    const text = summaryOf({ sessions: [session], options: optionsOf({ maskAccountId: 'true' }), token: undefined });
    const { accessKeyId, secretAccessKey, sessionToken, accountId } = session.credentials;
    for (const hidden of [accessKeyId, secretAccessKey.reveal(), sessionToken.reveal(), accountId]) {
      assert.ok(!text.includes(hidden));
    }
  });

  it('is the same table with any names', () => {
    const shape = (sub: string) =>
      summaryOf({ sessions: [sessionOf()], options: optionsOf(), token: tokenOf({ sub }) })
        .split('\n')
        .map((line) => line.replace(/<code>[\w .,:/@+=#&;…()-]*<\/code>/gu, '<code>…</code>'));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (sub) => {
        assert.deepEqual(shape(sub), shape('sc://acme/shop/aws'));
      }),
    );
    assert.deepEqual(shape('a | b\n</code><script>`![x](y)'), shape('sc://acme/shop/aws'));
  });
});
