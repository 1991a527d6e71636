import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SecretWatch } from '../../test/support/secret-watch.ts';
import { redacted } from '../src/core/redact.ts';

const secret = fc.string({ unit: 'binary-ascii', minLength: 16, maxLength: 600 });
const around = fc.string({ maxLength: 50 });

/** Forms in which a server may quote a request. */
const QUOTED: readonly { name: string; quote: (text: string) => string }[] = [
  { name: 'as it is', quote: (text) => text },
  { name: 'in a URL', quote: encodeURIComponent },
  { name: 'in a form', quote: (text) => new URLSearchParams({ t: text }).toString() },
  { name: 'in JSON', quote: (text) => JSON.stringify({ text }) },
  { name: 'in JSON of PHP', quote: (text) => JSON.stringify({ text }).replaceAll('/', '\\/') },
  { name: 'in base64', quote: (text) => Buffer.from(text).toString('base64') },
  { name: 'in base64, after one byte', quote: (text) => Buffer.from(`x${text}`).toString('base64') },
  { name: 'in base64, after two bytes', quote: (text) => Buffer.from(`xx${text}`).toString('base64') },
  { name: 'in hex', quote: (text) => Buffer.from(text).toString('hex') },
];

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const part = fc.string({ unit: fc.constantFrom(...BASE64URL), minLength: 30, maxLength: 200 });
const token = fc.tuple(part, part, part).map((parts) => parts.join('.'));

/** Forms in which a hostile server may hide a token from a search. */
const DISGUISES: readonly { readonly name: string; readonly write: (token: string) => string }[] = [
  { name: 'in lower case', write: (text) => text.toLowerCase() },
  { name: 'in upper case', write: (text) => text.toUpperCase() },
  { name: 'spaced', write: (text) => [...text].join(' ') },
  { name: 'one character a line', write: (text) => [...text].join('\r\n') },
  { name: 'with characters of no width', write: (text) => [...text].join('\u200b') },
  { name: 'with colours of a terminal', write: (text) => [...text].join('\u001b[31m') },
  { name: 'with titles of a terminal', write: (text) => [...text].join('\u001b]0;title\u0007') },
  { name: 'with 8-bit escapes of a terminal', write: (text) => [...text].join('\u009b0K') },
  { name: 'with marks', write: (text) => [...text].join('\u0610') },
  {
    name: 'in letters of full width',
    write: (text) => text.replace(/[!-~]/g, (one) => String.fromCodePoint(one.charCodeAt(0) + 0xfee0)),
  },
  { name: 'in upper-case hex with colons', write: (text) => hexOf(text).join(':').toUpperCase() },
  {
    name: 'in escapes of URLs',
    write: (text) =>
      hexOf(text)
        .map((byte) => `%${byte}`)
        .join(''),
  },
  {
    name: 'in escapes of JSON',
    write: (text) =>
      hexOf(text)
        .map((byte) => `\\u00${byte}`)
        .join(''),
  },
  {
    name: 'in escapes of C',
    write: (text) =>
      hexOf(text)
        .map((byte) => `\\x${byte}`)
        .join(''),
  },
  { name: 'in entities', write: (text) => [...Buffer.from(text)].map((byte) => `&#${byte};`).join('') },
  { name: 'in spaced base64url', write: (text) => [...Buffer.from(text).toString('base64url')].join(' ') },
];

function hexOf(text: string): string[] {
  return [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, '0'));
}

describe('text without secrets', () => {
  for (const { name, quote } of QUOTED) {
    it(`contains none that was quoted ${name}`, () => {
      fc.assert(
        fc.property(secret, around, around, (value, before, after) => {
          const watch = new SecretWatch();
          watch.add(value);
          watch.assertClean({ name: 'the text', text: redacted(before + quote(value) + after, [value]) });
        }),
      );
    });
  }

  it('contains no beginning of a truncated one', () => {
    const value = 'abcdefghijklmnopqrstuvwxyz0123456789';
    assert.equal(redacted(`Value '${value.slice(0, 20)}' and ${value}!`, [value]), "Value '[secret]' and [secret]!");
  });

  for (const { name, write } of DISGUISES) {
    it(`contains no token ${name}, or a part of it`, () => {
      fc.assert(
        fc.property(token, fc.nat(), (value, from) => {
          for (const piece of [value, ...value.split('.'), value.slice(from % (value.length - 24))]) {
            const left = redacted(`= <${write(piece)}> =`, [value]);
            const rest = left.replaceAll('[secret]', '');
            // At both ends a byte of an encoding may be incomplete, and characters other than letters may stay.
            assert.ok(rest.normalize('NFKC').replace(/[^a-z\d]/gi, '').length <= 6, left);
          }
        }),
      );
    });
  }

  it('contains no unknown token', () => {
    const value = `eyJ${'h'.repeat(20)}.${'p'.repeat(30)}.${'s'.repeat(40)}`;
    assert.equal(redacted(`"${value}"`, []), '"[secret]"');
  });

  it('is found in linear time', () => {
    const value = `${'k'.repeat(5000)}.${'qwertyuiop'.repeat(900)}.${'z'.repeat(5000)}`;
    for (const text of [value.slice(0, 20).repeat(48_000), 'k'.repeat(960_000), 'k.'.repeat(480_000)]) {
      const begin = process.cpuUsage();
      assert.ok(redacted(text, [value, 'another secret of some length']).length < 20_000);
      const { user, system } = process.cpuUsage(begin);
      assert.ok(user + system < 1_500_000, `${user + system} µs of the processor`);
    }
  });

  it('is otherwise unchanged', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 15 }), secret, (text, value) => {
        assert.equal(redacted(text, [value]), text);
      }),
    );
    assert.equal(redacted('text', ['']), 'text');
  });

  it('removes a short secret, and does not find it in other text', () => {
    assert.equal(redacted('pin 42, not 4 2', ['42']), 'pin [secret], not 4 2');
    assert.equal(redacted('abcdef', ['x']), 'abcdef');
    // "Qy" is the only part of base64 of "x42" that depends on the 42.
    assert.equal(redacted('gate Qy, pin 42', ['42']), 'gate Qy, pin [secret]');
  });

  it('recognises the escapes of other programs', () => {
    const value = 'a/b c+d"e=f\\ghijklmnop';
    const forms = [
      'a%2fb%20c%2bd%22e%3df%5cghijklmnop',
      'a%2Fb+c%2Bd%22e%3Df%5Cghijklmnop',
      'a\\/b c+d\\"e=f\\\\ghijklmnop',
    ];
    for (const form of forms) assert.equal(redacted(`[${form}]`, [value]), '[[secret]]', form);
  });

  it('recognises XML', () => {
    const value = `a<b>&"c'+defghijklmnop`;
    assert.equal(redacted('<V>a&lt;b&gt;&amp;&quot;c&apos;+defghijklmnop</V>', [value]), '<V>[secret]</V>');
    assert.equal(redacted('<V>a&lt;b&gt;&amp;&#34;c&#39;&#43;defghijklmnop</V>', [value]), '<V>[secret]</V>');
  });
});
