/** An entry of a git index. */
export interface IndexEntry {
  /** Path from the top of the work tree; ends in `/` for a folder of a sparse index. */
  readonly path: string;
}

export interface GitIndex {
  readonly entries: readonly IndexEntry[];
  /** Name of the file with further entries, if the index is split. */
  readonly sharedIndex: string | undefined;
}

/** Bytes of the stat data before an entry's hash: times, device, inode, mode, owner, size. */
const STAT_BYTES = 40;
const HASH_BYTES = { sha1: 20, sha256: 32 } as const;
const EXTENDED = 0x4000;

/**
 * Reads the paths in a git index of version 2, 3 or 4 (git's documentation, gitformat-index). The hash is SHA-1 or
 * SHA-256. The index does not state which, but only the right one makes the extensions end at the checksum.
 *
 * @returns undefined for any other content
 */
export function readGitIndex(bytes: Buffer): GitIndex | undefined {
  return readIndex(bytes, HASH_BYTES.sha1) ?? readIndex(bytes, HASH_BYTES.sha256);
}

function readIndex(bytes: Buffer, hashBytes: number): GitIndex | undefined {
  try {
    const version = bytes.readUInt32BE(4);
    if (bytes.toString('latin1', 0, 4) !== 'DIRC' || ![2, 3, 4].includes(version)) return undefined;
    const { paths, end } = readEntries(bytes, version, hashBytes);
    const link = linkExtension(bytes, end, hashBytes);
    if (link === undefined) return undefined;
    const hash = link.toString('hex', 0, hashBytes);
    const isSplit = /[^0]/.test(hash);
    // An entry without a name only changes an entry of the shared index.
    const entries = paths.filter((path) => path !== '').map((path) => ({ path }));
    return { entries, sharedIndex: isSplit ? `sharedindex.${hash}` : undefined };
  } catch {
    // RangeError: the bytes end too early.
    return undefined;
  }
}

function readEntries(bytes: Buffer, version: number, hashBytes: number): { paths: string[]; end: number } {
  const count = bytes.readUInt32BE(8);
  const paths: string[] = [];
  let previous = Buffer.alloc(0);
  let offset = 12;
  for (let n = 0; n < count; n++) {
    const start = offset;
    offset += STAT_BYTES + hashBytes;
    const isExtended = (bytes.readUInt16BE(offset) & EXTENDED) !== 0;
    offset += isExtended ? 4 : 2;
    let prefix = Buffer.alloc(0);
    if (version === 4) {
      const { value, next } = readVarint(bytes, offset);
      prefix = previous.subarray(0, previous.length - value);
      offset = next;
    }
    const nul = bytes.indexOf(0, offset);
    if (nul < 0) throw new RangeError('the path has no end');
    previous = Buffer.concat([prefix, bytes.subarray(offset, nul)]);
    paths.push(previous.toString('utf8'));
    // Versions 2 and 3 pad every entry with one to eight NULs.
    offset = version === 4 ? nul + 1 : start + ((nul - start + 8) & ~7);
  }
  return { paths, end: offset };
}

/** Reads a number in git's variable width encoding (git's `varint.c`). */
function readVarint(bytes: Buffer, start: number): { value: number; next: number } {
  let offset = start;
  let byte = bytes.readUInt8(offset++);
  let value = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    byte = bytes.readUInt8(offset++);
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return { value, next: offset };
}

/**
 * Visits the extensions.
 *
 * @returns the data of `link`, empty without one; undefined if the extensions do not end at the checksum
 */
function linkExtension(bytes: Buffer, start: number, hashBytes: number): Buffer | undefined {
  const checksum = bytes.length - hashBytes;
  let link: Buffer = Buffer.alloc(0);
  let offset = start;
  while (offset < checksum) {
    const signature = bytes.toString('latin1', offset, offset + 4);
    const data = offset + 8;
    const end = data + bytes.readUInt32BE(offset + 4);
    if (signature === 'link') link = bytes.subarray(data, end);
    offset = end;
  }
  return offset === checksum ? link : undefined;
}
