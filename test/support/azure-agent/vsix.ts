import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** Unpacks an extension, which is a zip archive, by its central directory. */
export function unpackVsix(file: string, into: string): void {
  const zip = readFileSync(file);
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006'));
  if (end < 0) throw new Error(`${file} is not a zip archive`);
  let entryOffset = zip.readUInt32LE(end + 16);
  for (let n = zip.readUInt16LE(end + 10); n > 0; n--) {
    const method = zip.readUInt16LE(entryOffset + 10);
    const packed = zip.readUInt32LE(entryOffset + 20);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      zip.readUInt16LE(entryOffset + offset),
    ) as [number, number, number];
    const local = zip.readUInt32LE(entryOffset + 42);
    const name = decodeURIComponent(zip.toString('utf8', entryOffset + 46, entryOffset + 46 + nameLength));
    entryOffset += 46 + nameLength + extraLength + commentLength;
    if (name.endsWith('/')) continue;
    const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(data, data + packed);
    const target = path.resolve(into, name);
    if (!target.startsWith(path.resolve(into) + path.sep)) throw new Error(`${name} would land outside`);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, method === 0 ? bytes : inflateRawSync(bytes));
  }
}
