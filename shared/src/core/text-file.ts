import { isUtf8 } from 'node:buffer';

/**
 * Decodes the bytes of a text file: UTF-8, or UTF-16 as Windows PowerShell writes it. Removes the byte order mark.
 * @throws Error that names the line with bytes of another encoding
 */
export function decodeText(bytes: Buffer): string {
  const utf16 = utf16Of(bytes);
  if (utf16 !== undefined) return withoutMark(utf16.toString('utf16le'));
  const text = bytes.toString('utf8');
  if (isUtf8(bytes)) return withoutMark(text);
  const line = text.slice(0, text.indexOf('\uFFFD')).split('\n').length;
  throw new Error(`line ${line} has bytes that are not UTF-8; save it as UTF-8`);
}

/** Returns UTF-16 text in little-endian order. Undefined for other text. */
function utf16Of(bytes: Buffer): Buffer | undefined {
  if (bytes.length % 2 !== 0 || bytes.length === 0) return undefined;
  const [first, second] = bytes;
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0);
  if (isLittle) return bytes;
  return isBig ? Buffer.from(bytes).swap16() : undefined;
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
