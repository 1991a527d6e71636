import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SecretWatch } from '../../test/support/secret-watch.ts';
import { redacted } from '../src/core/redact.ts';

const secret = fc.string({ unit: 'binary-ascii', minLength: 16, maxLength: 600 });
const around = fc.string({ maxLength: 50 });

/** How a server may quote what it was sent. */
const QUOTED: readonly { name: string; quote: (text: string) => string }[] = [
  { name: 'as it is', quote: (text) => text },
  { name: 'in a URL', quote: encodeURIComponent },
  { name: 'in a form', quote: (text) => new URLSearchParams({ t: text }).toString() },
  { name: 'in JSON', quote: (text) => JSON.stringify({ text }) },
  { name: 'in JSON of PHP', quote: (text) => JSON.stringify({ text }).replaceAll('/', '\\/') },
  { name: 'in base64', quote: (text) => Buffer.from(text).toString('base64') },
  { name: 'in base64, after one byte', quote: (text) => Buffer.from(`x${text}`).toString('base64') },
  { name: 'in base64, after two bytes', quote: (text) => Buffer.from(`xx${text}`).toString('base64') },
];

describe('text without secrets', () => {
  for (const { name, quote } of QUOTED) {
    it(`holds none that was quoted ${name}`, () => {
      fc.assert(
        fc.property(secret, around, around, (value, before, after) => {
          const watch = new SecretWatch();
          watch.add(value);
          watch.assertClean({ name: 'the text', text: redacted(before + quote(value) + after, [value]) });
        }),
      );
    });
  }

  it('holds no beginning of one that was cut', () => {
    const value = 'abcdefghijklmnopqrstuvwxyz0123456789';
    assert.equal(redacted(`Value '${value.slice(0, 20)}' and ${value}!`, [value]), "Value '[secret]' and [secret]!");
  });

  it('is else as it was', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 15 }), secret, (text, value) => {
        assert.equal(redacted(text, [value]), text);
      }),
    );
    assert.equal(redacted('text', ['']), 'text');
  });

  it('takes a short secret out where it stands, and finds none in what it is not', () => {
    assert.equal(redacted('pin 42, not 4 2', ['42']), 'pin [secret], not 4 2');
    assert.equal(redacted('abcdef', ['x']), 'abcdef');
    // "Qy" is all that base64 of "x42" tells of the 42.
    assert.equal(redacted('gate Qy, pin 42', ['42']), 'gate Qy, pin [secret]');
  });

  it('knows how others escape', () => {
    const value = 'a/b c+d"e=f\\ghijklmnop';
    const forms = [
      'a%2fb%20c%2bd%22e%3df%5cghijklmnop',
      'a%2Fb+c%2Bd%22e%3Df%5Cghijklmnop',
      'a\\/b c+d\\"e=f\\\\ghijklmnop',
    ];
    for (const form of forms) assert.equal(redacted(`[${form}]`, [value]), '[[secret]]', form);
  });

  it('knows XML', () => {
    const value = `a<b>&"c'+defghijklmnop`;
    assert.equal(redacted('<V>a&lt;b&gt;&amp;&quot;c&apos;+defghijklmnop</V>', [value]), '<V>[secret]</V>');
    assert.equal(redacted('<V>a&lt;b&gt;&amp;&#34;c&#39;&#43;defghijklmnop</V>', [value]), '<V>[secret]</V>');
  });
});
