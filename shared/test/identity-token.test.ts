import assert from 'node:assert/strict';
import { Failure } from '../src/core/failure.ts';
import { tokenFacts } from '../src/diagnosis/report.ts';
import { IdentityToken } from '../src/identity/identity-token.ts';
import { NOW, tokenText } from './support.ts';

const encoded = (text: string) => Buffer.from(text).toString('base64url');

describe('an identity token', () => {
  it('is read unchanged, except for surrounding white space', () => {
    const text = tokenText({ azp: 'party' });
    const token = IdentityToken.parse(`\n${text} `);
    assert.equal(token.reveal(), text);
    assert.equal(token.authorizedParty, 'party');
    assert.equal(token.issuedAt?.toISOString(), '2026-03-01T11:59:50.000Z');
    assert.equal(token.expiresAt?.toISOString(), '2026-03-01T12:59:50.000Z');
  });

  const malformed: { name: string; text: string; says: RegExp }[] = [
    { name: 'nothing in it', text: ' \n', says: /: it is empty\.$/ },
    { name: 'one part', text: 'a', says: /it has 1 part between dots instead of 3/ },
    { name: 'two parts', text: 'a.b', says: /it has 2 parts between dots instead of 3/ },
    { name: 'an empty part', text: 'a..c', says: /a part is empty or not base64url/ },
    { name: 'other signs', text: 'a.b+c.d', says: /a part is empty or not base64url/ },
    {
      name: 'more than STS takes',
      text: `a.${'b'.repeat(20_000)}.c`,
      says: /20004 characters, AWS STS takes at most 20000/,
    },
    { name: 'claims that are not JSON', text: `a.${encoded('{')}.c`, says: /its claims are not JSON\./ },
    { name: 'claims that are a list', text: `a.${encoded('[]')}.c`, says: /its claims are not a JSON object/ },
    { name: 'claims that are null', text: `a.${encoded('null')}.c`, says: /its claims are not a JSON object/ },
    { name: 'claims that are a text', text: `a.${encoded('"x"')}.c`, says: /its claims are not a JSON object/ },
  ];
  for (const { name, text, says } of malformed) {
    it(`is rejected with ${name}`, () => {
      assert.throws(
        () => IdentityToken.parse(text),
        (error) => error instanceof Failure && error.code === 'TokenMalformed' && says.test(error.message),
      );
    });
  }

  it('may have the largest length that STS accepts', () => {
    const claims = encoded('{"iss":"x"}');
    const longest = `a.${claims}.${'c'.repeat(20_000 - claims.length - 3)}`;
    assert.equal(longest.length, 20_000);
    assert.equal(IdentityToken.parse(longest).issuer, 'x');
  });

  it('treats claims of another type as missing', () => {
    const token = IdentityToken.parse(tokenText({ iss: 1, sub: null, aud: 5, iat: 'x', exp: undefined }));
    assert.deepEqual(
      [token.issuer, token.subject, token.audiences, token.issuedAt, token.expiresAt],
      [undefined, undefined, [], undefined, undefined],
    );
    assert.deepEqual(tokenFacts(token, NOW), {
      issuer: undefined,
      audiences: [],
      subject: undefined,
      authorizedParty: undefined,
      age: 'issued at an unknown time, no expiry',
    });
    assert.deepEqual(IdentityToken.parse(tokenText({ aud: ['a', 1, 'b'] })).audiences, ['a', 'b']);
  });

  it('accepts times as digits, like AWS, and rejects other text', () => {
    const token = IdentityToken.parse(tokenText({ iat: '1772366400', exp: 1e300 }));
    assert.equal(token.issuedAt?.toISOString(), '2026-03-01T12:00:00.000Z');
    assert.equal(token.expiresAt, undefined);
    for (const iat of ['1.5', null, true, {}]) {
      assert.equal(IdentityToken.parse(tokenText({ iat })).issuedAt, undefined, String(iat));
    }
  });

  it('lists all its audiences, and can expire this second', () => {
    const token = IdentityToken.parse(tokenText({ aud: ['a', 'b'], exp: NOW.getTime() / 1000 }));
    const { audiences, age } = tokenFacts(token, NOW);
    assert.deepEqual(audiences, ['a', 'b']);
    assert.equal(age, 'issued 10 s ago, expires in 0 s');
  });

  it("has its time of issue even if it is in the future for this machine's clock", () => {
    const seconds = NOW.getTime() / 1000;
    const ageAt = (iat: number, now = NOW) =>
      tokenFacts(IdentityToken.parse(tokenText({ iat, exp: seconds + 1200 })), now).age;
    assert.equal(ageAt(seconds + 900), 'issued 15 min from now, expires in 20 min');
    assert.equal(ageAt(seconds + 1), 'issued 1 s from now, expires in 20 min');
    assert.equal(ageAt(seconds), 'issued 0 s ago, expires in 20 min');
    const justBefore = new Date(NOW.getTime() - 300);
    assert.equal(ageAt(seconds, justBefore), 'issued 0 s ago, expires in 20 min');
  });

  it('has its age, and its authorized party if present', () => {
    const seconds = NOW.getTime() / 1000;
    const text = tokenText({ azp: 'party', iat: seconds - 700, exp: seconds - 100 });
    const { authorizedParty, age } = tokenFacts(IdentityToken.parse(text), NOW);
    assert.deepEqual([authorizedParty, age], ['party', 'issued 12 min ago, expired 100 s ago']);
  });
});
