import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { SecretWatch } from './secret-watch.ts';

describe('the search for secrets', () => {
  const secret = `${randomBytes(20).toString('base64')}+/"\\`;
  const watch = new SecretWatch();
  watch.add(secret);

  const splitIntoLines = (text: string, length: number) =>
    text.match(new RegExp(`.{1,${length}}`, 'gs'))?.join('\n') ?? '';
  const forms: Record<string, string | Uint8Array> = {
    raw: secret,
    bytes: Buffer.from(`\u0000${secret}`),
    'JSON text': JSON.stringify({ secret }),
    'a URL': `?x=${encodeURIComponent(secret)}`,
    'a URL with small letters': `?x=${encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())}`,
    'base64 of it': Buffer.from(secret).toString('base64'),
    'base64 with one before': Buffer.from(`:${secret}:`).toString('base64'),
    'base64 with two before': Buffer.from(`::${secret}::`).toString('base64'),
    'base64 for URLs': Buffer.from(`::${secret}::`).toString('base64url'),
    'base64 in lines': splitIntoLines(Buffer.from(`: ${secret}`).toString('base64'), 20),
    hex: Buffer.from(secret).toString('hex').toUpperCase(),
    'two lines': splitIntoLines(secret, 10),
  };
  for (const [name, text] of Object.entries(forms)) {
    it(`finds it in ${name}`, () =>
      assert.throws(() => watch.assertClean({ name: 'x', text }), /a secret stands in: x \(/));
  }

  it('finds any secret in base64, with any text around it', () =>
    fc.assert(
      fc.property(fc.string({ minLength: 16, unit: 'grapheme' }), fc.string(), fc.string(), (any, before, after) => {
        const other = new SecretWatch();
        other.add(any);
        for (const encoding of ['base64', 'base64url'] as const) {
          const text = Buffer.from(before + any + after).toString(encoding);
          assert.throws(() => other.assertClean({ name: 'x', text }), /base64/);
        }
      }),
    ));

  it('finds nothing in other text, and never quotes a secret', () => {
    watch.assertClean({ name: 'x', text: randomBytes(400).toString('base64') });
    const [finding] = watch.search([{ name: 'x', text: secret }]);
    assert.ok(!JSON.stringify(finding).includes(secret.slice(0, 8)));
  });

  it('allows a secret in its permitted places, and no other', () => {
    const two = new SecretWatch();
    two.add(secret, 'another-secret-0123456789');
    two.assertClean({ name: 'x', text: secret, allow: [secret] });
    assert.throws(
      () => two.assertClean({ name: 'x', text: `${secret} another-secret-0123456789`, allow: [secret] }),
      /^Error: a secret stands in: x \(raw\)$/,
    );
  });

  it('refuses a secret that is too short to search for', () => {
    assert.throws(() => watch.add('short'), RangeError);
  });
});
