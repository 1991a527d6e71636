// Makes the official Node binary smaller without rebuilding it. Removes two parts that the pipe never reads: the
// symbols, and ICU's data about languages other than English and about old encodings.

/**
 * Returns an ELF file up to the end of its loaded parts. Symbols, debug information and section headers follow; neither
 * the loader nor Node reads them.
 *
 * @param {Buffer} elf a 64-bit little-endian executable
 */
export function withoutSymbols(elf) {
  if (elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 2 || elf[5] !== 1) throw new Error('not a 64-bit ELF file');
  const headers = { offset: Number(elf.readBigUInt64LE(32)), size: elf.readUInt16LE(54), count: elf.readUInt16LE(56) };
  let end = headers.offset + headers.size * headers.count;
  for (let index = 0; index < headers.count; index++) {
    const header = headers.offset + index * headers.size;
    end = Math.max(end, Number(elf.readBigUInt64LE(header + 8)) + Number(elf.readBigUInt64LE(header + 32)));
  }
  const trimmed = Buffer.from(elf.subarray(0, end));
  // Clears the section headers: e_shoff, e_shnum, e_shstrndx.
  trimmed.writeBigUInt64LE(0n, 40);
  trimmed.writeUInt16LE(0, 60);
  trimmed.writeUInt16LE(0, 62);
  return trimmed;
}

/** Data of one language or territory, such as `lang/de_AT.res`, and dictionaries that split its text into words. */
const LANGUAGE = /\/(?:[a-z]{2,3}(?:_\w*)?\.res|\w+\.dict)$/;
/** Tables of encodings older than Unicode. */
const ENCODING = /\.cnv$/;
/** Kept items: English as the only language. Node's `TextDecoder` reads `latin1` with the table of windows-1252. */
const KEPT_ITEMS = /\/(?:en(?:_US(?:_POSIX)?)?\.res|ibm-5348_P100-1997\.cnv)$/;

/**
 * Returns the binary without ICU's data about languages other than English and about encodings older than Unicode. The
 * archive keeps its place and size. Its table of contents lists only the kept items, and the bytes of the others are
 * zero, which compress well. ICU treats an unlisted language as unknown, and falls back to its root.
 * Source of the format: ICU, common/unicode/udata.h (UDataInfo) and common/ucmndata.h ("CmnD", a package of data
 * items).
 *
 * @param {Buffer} binary with an embedded little-endian ICU package
 */
export function withEnglishOnly(binary) {
  const { table, items } = readPackage(binary);
  const result = Buffer.from(binary);
  const isKept = ({ name }) => KEPT_ITEMS.test(name) || !(LANGUAGE.test(name) || ENCODING.test(name));
  const keptItems = items.filter(isKept);
  for (const item of items) if (!isKept(item)) result.fill(0, item.offset, item.offset + item.size);
  result.fill(0, table + 4 + 8 * keptItems.length, table + 4 + 8 * items.length);
  result.writeUInt32LE(keptItems.length, table);
  for (const [index, { nameOffset, offset }] of keptItems.entries()) {
    result.writeUInt32LE(nameOffset, table + 4 + 8 * index);
    result.writeUInt32LE(offset - table, table + 8 + 8 * index);
  }
  return result;
}

/**
 * Returns the ICU package of a binary: the offset of its table of contents, and its items in order. The table contains
 * no end, so the last item counts as empty and is never changed.
 *
 * @param {Buffer} binary
 */
export function readPackage(binary) {
  const start = startOfPackage(binary);
  const table = start + binary.readUInt16LE(start);
  const count = binary.readUInt32LE(table);
  const items = Array.from({ length: count }, (_, index) => {
    const nameOffset = binary.readUInt32LE(table + 4 + 8 * index);
    const name = binary.toString('latin1', table + nameOffset, binary.indexOf(0, table + nameOffset));
    return { name, nameOffset, offset: table + binary.readUInt32LE(table + 8 + 8 * index), size: 0 };
  });
  for (const [index, item] of items.entries()) item.size = (items[index + 1]?.offset ?? item.offset) - item.offset;
  return { table, items };
}

/** An item's header: its size, the magic numbers 0xDA 0x27, and the format `CmnD` at byte 12. */
function startOfPackage(binary) {
  const starts = [];
  for (let position = binary.indexOf('CmnD'); position !== -1; position = binary.indexOf('CmnD', position + 4)) {
    const start = position - 12;
    const isHeader = binary[start + 2] === 0xda && binary[start + 3] === 0x27 && binary[start + 8] === 0;
    if (isHeader) starts.push(start);
  }
  if (starts.length !== 1) throw new Error(`${starts.length} ICU packages found in the binary, not one`);
  return starts[0];
}
