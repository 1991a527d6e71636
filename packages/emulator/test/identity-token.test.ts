import assert from 'node:assert/strict';
import type { JsonObject } from '../src/json.ts';
import { readIdentity } from '../src/sts/identity-token.ts';
import { decodeToken } from '../src/sts/jwt.ts';
import { StsError } from '../src/sts/sts-error.ts';

const now = 1_700_000_000;
const usual = { iss: 'https://issuer.example', sub: 'subject', aud: 'client', iat: now, exp: now + 300 };
const notAJwt = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)';
const tags = 'https://aws.amazon.com/tags';

function refusal(check: () => unknown): { code: string; message: string } {
  try {
    check();
  } catch (error) {
    assert(error instanceof StsError);
    return { code: error.code, message: error.message };
  }
  return assert.fail('nothing was refused');
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token as a JWT', () => {
  const signed = (header: unknown, payload: unknown = usual) => `${json(header)}.${json(payload)}.c2ln`;

  it('is decoded', () => {
    const { algorithm, keyId, claims, signature } = decodeToken(signed({ alg: 'ES256', kid: 'k' }));
    assert.deepEqual([algorithm, keyId, claims, signature.toString()], ['ES256', 'k', usual, 'sig']);
  });

  const wrong = [
    { name: 'an access token', token: 'opaque' },
    { name: 'two parts', token: `${json({ alg: 'RS256' })}.${json(usual)}` },
    { name: 'four parts', token: `${signed({ alg: 'RS256' })}.more` },
    { name: 'no signature', token: `${json({ alg: 'RS256' })}.${json(usual)}.` },
    { name: 'a part that is not base64url', token: `${json({ alg: 'RS256' })}.a+b/.c2ln` },
    { name: 'a newline within', token: signed({ alg: 'RS256' }).replace('.', '.\n') },
    { name: 'a space before it', token: ` ${signed({ alg: 'RS256' })}` },
    { name: 'a payload that is a list', token: signed({ alg: 'RS256' }, []) },
    { name: 'the algorithm none', token: signed({ alg: 'none' }) },
    { name: 'a shared-secret algorithm', token: signed({ alg: 'HS256' }) },
    { name: 'no algorithm', token: signed({}) },
    { name: 'a key id that is not a string', token: signed({ alg: 'RS256', kid: 1 }) },
    { name: 'critical extensions', token: signed({ alg: 'RS256', crit: ['b64'] }) },
  ];
  for (const { name, token } of wrong) {
    it(`is refused with ${name}`, () => {
      assert.deepEqual(
        refusal(() => decodeToken(token)),
        { code: 'InvalidIdentityToken', message: notAJwt },
      );
    });
  }

  it('is decoded with white space at its end, as a shell writes it into a file', () => {
    for (const end of ['\n', '\r\n', ' \n']) {
      const { claims, signature } = decodeToken(`${signed({ alg: 'RS256' })}${end}`);
      assert.deepEqual([claims, signature.toString()], [usual, 'sig']);
    }
  });

  it('is decoded with the last of two members of one name', () => {
    const payload = Buffer.from('{"aud":"first","aud":"last"}').toString('base64url');
    assert.deepEqual(decodeToken(`${json({ alg: 'RS256' })}.${payload}.c2ln`).claims, { aud: 'last' });
  });
});

describe('the claims of a token', () => {
  const read = (claims: JsonObject) => readIdentity({ ...usual, ...claims }, now);

  const accepted: readonly { name: string; claims: JsonObject }[] = [
    { name: 'an empty subject', claims: { sub: '' } },
    { name: 'a numeric subject', claims: { sub: 7 } },
    { name: 'a subject of 300 characters', claims: { sub: 's'.repeat(300) } },
    { name: 'one audience in a list', claims: { aud: ['client'] } },
    { name: 'several audiences with an authorized party', claims: { aud: ['a', 'b'], azp: 'a' } },
    { name: 'times as whole numbers in text', claims: { iat: String(now), exp: String(now + 1), nbf: String(now) } },
    { name: 'an expiry 299 seconds ago', claims: { exp: now - 299 } },
    { name: 'an issue time 300 seconds ahead', claims: { iat: now + 300 } },
    { name: 'a not-before time 300 seconds ahead', claims: { nbf: now + 300 } },
    { name: 'a not-before time in the past, as Azure DevOps backdates it', claims: { nbf: now - 600 } },
  ];
  for (const { name, claims } of accepted) {
    it(`are accepted with ${name}`, () => assert.doesNotThrow(() => read(claims)));
  }

  const refused: readonly { name: string; claims: JsonObject; code?: string; message: string }[] = [
    {
      name: 'an expiry 300 seconds ago',
      claims: { exp: now - 300 },
      code: 'ExpiredTokenException',
      message: `Token expired: current date/time ${now - 300} must be before the expiration date/time ${now - 300}`,
    },
    {
      name: 'an issue time 301 seconds ahead',
      claims: { iat: now + 301 },
      message: `Token issued in the future: ${now + 301}`,
    },
    {
      name: 'a not-before time 301 seconds ahead',
      claims: { nbf: now + 301 },
      message: `Token not yet valid: current date/time ${now + 300} must be after or equal to the not-before date/time ${now + 301}`,
    },
    { name: 'a fractional issue time', claims: { iat: now - 0.5 }, message: 'Invalid timestamp in token claims.' },
    { name: 'a fractional expiry in text', claims: { exp: `${now}.5` }, message: 'Invalid timestamp in token claims.' },
    { name: 'an issue time of null', claims: { iat: null }, message: 'Invalid timestamp in token claims.' },
    {
      name: 'a null subject',
      claims: { sub: null },
      code: 'InternalFailure',
      message: 'Unknown error validating third-party token',
    },
    {
      name: 'two audiences without authorized party',
      claims: { aud: ['a', 'b'] },
      message: 'Token audience contains more than one audience while authorized party is not present',
    },
    { name: 'an empty list of audiences', claims: { aud: [] }, message: 'Claim is not allowed to be empty: aud' },
    { name: 'an authorized party that is not a string', claims: { azp: null }, message: notAJwt },
    { name: 'an issuer that is not a string', claims: { iss: 7 }, message: notAJwt },
    {
      name: 'tags that are not an object',
      claims: { [tags]: 'x' },
      message: 'Session tags passed in claim are not in correct format.',
    },
    {
      name: 'two values for a tag',
      claims: { [tags]: { principal_tags: { K: ['a', 'b'] } } },
      message: 'principal_tags passed in claim is not in correct format.',
    },
    {
      name: 'a reserved tag',
      claims: { [`${tags}/principal_tags/aws:x`]: 'v' },
      message: 'The session tag claim is invalid.',
    },
    {
      name: 'a transitive key without its tag',
      claims: { [`${tags}/transitive_tag_keys`]: ['K'] },
      message: 'The session tag claim is invalid.',
    },
    {
      name: 'a source identity with a space',
      claims: { 'https://aws.amazon.com/source_identity': 'a b' },
      message: 'The source identity claim is invalid.',
    },
  ];
  for (const { name, claims, code = 'InvalidIdentityToken', message } of refused) {
    it(`are refused with ${name}`, () =>
      assert.deepEqual(
        refusal(() => read(claims)),
        { code, message },
      ));
  }

  for (const name of ['iss', 'sub', 'aud', 'iat', 'exp']) {
    it(`are refused without ${name}`, () => {
      const { [name]: _, ...claims } = usual as Record<string, unknown>;
      const message = `Missing a required claim: ${name}`;
      assert.deepEqual(
        refusal(() => readIdentity(claims, now)),
        { code: 'InvalidIdentityToken', message },
      );
    });
  }

  it('are refused for a missing claim first, then for their expiry, then for a bad tag', () => {
    const { sub: _, ...withoutSubject } = usual;
    const expired = { exp: now - 1000, [tags]: 'x' };
    assert.match(
      refusal(() => readIdentity({ ...withoutSubject, ...expired }, now)).message,
      /^Missing a required claim/,
    );
    assert.equal(refusal(() => readIdentity({ ...usual, ...expired }, now)).code, 'ExpiredTokenException');
  });

  it('have the authorized party as their audience', () => {
    assert.equal(read({ aud: ['a', 'b'], azp: 'party' }).audience, 'party');
    assert.equal(read({ aud: ['only'] }).audience, 'only');
  });

  it('can have tags in either form', () => {
    const nested = read({ [tags]: { principal_tags: { Team: ['core'] }, transitive_tag_keys: ['Team'] } });
    const flat = read({ [`${tags}/principal_tags/Team`]: 'core', [`${tags}/transitive_tag_keys`]: ['Team'] });
    for (const identity of [nested, flat]) {
      assert.deepEqual(identity.tags, { Team: 'core' });
      assert.deepEqual(identity.transitiveTagKeys, ['Team']);
    }
  });
});
