import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeText } from '../src/core/text-file.ts';

const TEXT = '{"a": "Zoë 東京 🚀"}\n';
const little = Buffer.from(TEXT, 'utf16le');
const big = Buffer.from(little).swap16();

describe('the text of a file', () => {
  const cases: [name: string, bytes: Buffer][] = [
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${TEXT}`)],
    ['UTF-16 as Windows PowerShell writes it', Buffer.concat([Buffer.from([0xff, 0xfe]), little])],
    ['big-endian UTF-16', Buffer.concat([Buffer.from([0xfe, 0xff]), big])],
    ['UTF-16 without a mark', little],
    ['big-endian UTF-16 without a mark', big],
  ];
  for (const [name, bytes] of cases) it(`decodes ${name}`, () => assert.equal(decodeText(bytes), TEXT));

  it('decodes nothing to nothing', () => assert.equal(decodeText(Buffer.alloc(0)), ''));

  it('names the line of bytes in another encoding', () => {
    const latin = Buffer.from('{\n "a": "Zo\u00eb"}', 'latin1');
    assert.throws(() => decodeText(latin), /^Error: line 2 has bytes that are not UTF-8; save it as UTF-8$/);
    assert.throws(() => decodeText(Buffer.from([0xff, 0xfe, 0x41])), /line 1 has bytes that are not UTF-8/);
  });

  it('decodes every text in UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const content = `x${text}y`;
        assert.equal(decodeText(Buffer.from(content)), content);
      }),
    );
  });
});
