import assert from 'node:assert/strict';
import type { JsonWebKey } from 'node:crypto';
import { createSigningKey } from '../src/issuers/signing-key.ts';
import { decodeToken } from '../src/sts/jwt.ts';
import { StsError } from '../src/sts/sts-error.ts';
import { fetchKeys, verifySignature } from '../src/sts/verification-keys.ts';

const NOT_VALIDATED = /^The web identity token provided could not be validated\. See the /;
const noKey = /^Couldn't retrieve verification key from your identity provider, {2}please reference /;

const rsa = await createSigningKey('RS256', 'one');
const ec = await createSigningKey('ES256', 'two');
const other = await createSigningKey('RS256', 'one');

describe('the key a token is verified with', () => {
  const token = rsa.sign({});
  const withoutKid = rsa.sign({}, { kid: undefined });
  const { kid: _, ...nameless } = rsa.publicJwk;
  const copies = (count: number): JsonWebKey[] =>
    Array.from({ length: count }, (_, index) => ({ ...rsa.publicJwk, kid: `extra-${index}` }));

  const cases: readonly { name: string; token: string; keys: readonly JsonWebKey[]; refused?: RegExp }[] = [
    { name: 'the one with that id', token, keys: [ec.publicJwk, rsa.publicJwk] },
    { name: 'an elliptic curve key', token: ec.sign({}), keys: [rsa.publicJwk, ec.publicJwk] },
    { name: "the only one if the token's header has no id", token: withoutKid, keys: [rsa.publicJwk] },
    { name: 'one with another alg', token, keys: [{ ...rsa.publicJwk, alg: 'RS512' }] },
    { name: 'the last of two with one id', token, keys: [other.publicJwk, rsa.publicJwk] },
    {
      name: 'not the first of two with one id',
      token,
      keys: [rsa.publicJwk, other.publicJwk],
      refused: NOT_VALIDATED,
    },
    {
      name: 'none if the header has no id and there are two',
      token: withoutKid,
      keys: [rsa.publicJwk, ec.publicJwk],
      refused: noKey,
    },
    { name: 'none if the published one has no id', token: withoutKid, keys: [nameless], refused: noKey },
    { name: 'none for encryption', token, keys: [{ ...rsa.publicJwk, use: 'enc' }], refused: noKey },
    { name: 'none with key_ops', token, keys: [{ ...rsa.publicJwk, key_ops: ['verify'] }], refused: NOT_VALIDATED },
    { name: 'one with empty key_ops', token, keys: [{ ...rsa.publicJwk, key_ops: [] }] },
    { name: 'none of another id', token, keys: [{ ...rsa.publicJwk, kid: 'three' }], refused: noKey },
    { name: 'none of another type', token, keys: [{ ...ec.publicJwk, kid: 'one' }], refused: noKey },
    { name: 'none of more than 100 RSA keys', token, keys: [rsa.publicJwk, ...copies(100)], refused: noKey },
    {
      name: 'an elliptic curve key next to more than 100 RSA keys',
      token: ec.sign({}),
      keys: [ec.publicJwk, ...copies(101)],
    },
    { name: 'none that is invalid', token, keys: [{ kty: 'RSA', kid: 'one' }], refused: noKey },
    { name: 'not another with the right id', token, keys: [other.publicJwk], refused: NOT_VALIDATED },
  ];
  for (const { name, token, keys, refused } of cases) {
    it(`is ${name}`, () => {
      const verify = () => verifySignature(decodeToken(token), keys);
      if (refused === undefined) return assert.doesNotThrow(verify);
      return assert.throws(verify, (error) => error instanceof StsError && refused.test(error.message));
    });
  }

  for (const algorithm of ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'] as const) {
    it(`can be one for ${algorithm}`, async () => {
      const key = await createSigningKey(algorithm);
      assert.doesNotThrow(() => verifySignature(decodeToken(key.sign({})), [key.publicJwk]));
    });
  }
});

describe('the keys of an issuer', () => {
  const answering = (pages: Record<string, unknown>): typeof fetch => {
    return async (url) => {
      const page = pages[String(url)];
      return page instanceof Response ? page : Response.json(page);
    };
  };
  const discovery = 'https://i.example/.well-known/openid-configuration';
  const keysUrl = 'https://i.example/keys';

  it('are found by its discovery document', async () => {
    const pages = { [discovery]: { jwks_uri: keysUrl }, [keysUrl]: { keys: [{ kid: 'k' }] } };
    assert.deepEqual(await fetchKeys('https://i.example', answering(pages)), [{ kid: 'k' }]);
  });

  const broken: readonly { name: string; pages: Record<string, unknown> }[] = [
    { name: 'a page instead of the document', pages: { [discovery]: new Response('<html>') } },
    { name: 'a document without jwks_uri', pages: { [discovery]: {} } },
    {
      name: 'a document with an error status',
      pages: { [discovery]: Response.json({ jwks_uri: keysUrl }, { status: 500 }) },
    },
    { name: 'a key set that is a list', pages: { [discovery]: { jwks_uri: keysUrl }, [keysUrl]: [] } },
  ];
  for (const { name, pages } of broken) {
    it(`are not found in ${name}`, async () => {
      await assert.rejects(
        fetchKeys('https://i.example', answering(pages)),
        (error) => error instanceof StsError && error.code === 'InvalidIdentityToken' && noKey.test(error.message),
      );
    });
  }
});
