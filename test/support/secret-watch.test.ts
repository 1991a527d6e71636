import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { SecretWatch } from './secret-watch.ts';

describe('the search for secrets', () => {
  const secret = `${randomBytes(20).toString('base64')}+/"\\`;
  const watch = new SecretWatch();
  watch.add(secret);

  const forms: Record<string, string> = {
    raw: secret,
    'JSON text': JSON.stringify({ secret }),
    'a URL': `?x=${encodeURIComponent(secret)}`,
    'base64 of it': Buffer.from(secret).toString('base64'),
    'base64 with one before': Buffer.from(`:${secret}:`).toString('base64'),
    'base64 with two before': Buffer.from(`::${secret}::`).toString('base64'),
    hex: Buffer.from(secret).toString('hex'),
  };
  for (const [name, text] of Object.entries(forms)) {
    it(`finds it in ${name}`, () =>
      assert.throws(() => watch.assertClean({ name: 'x', text: `before ${text} after` }), /a secret stands in: x/));
  }

  it('finds nothing where there is nothing, and never quotes a secret', () => {
    watch.assertClean({ name: 'x', text: randomBytes(400).toString('base64') });
    const [finding] = watch.search([{ name: 'x', text: secret }]);
    assert.ok(!JSON.stringify(finding).includes(secret.slice(0, 8)));
  });

  it('takes no text for a secret that would be found everywhere', () => {
    assert.throws(() => watch.add('short'), RangeError);
  });
});
