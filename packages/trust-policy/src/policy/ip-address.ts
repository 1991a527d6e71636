import { pairs } from '../text/pairs.ts';

/** An address block: the bytes of an address (4 or 16) and the number of significant leading bits. */
export interface AddressBlock {
  readonly bytes: readonly number[];
  readonly prefixLength: number;
}

/** Parses `203.0.113.0/24`, `2001:db8::/32`, or one address without a length. Returns undefined for other text. */
export function parseAddressBlock(text: string): AddressBlock | undefined {
  const slash = text.indexOf('/');
  const bytes = parseAddress(slash === -1 ? text : text.slice(0, slash));
  if (bytes === undefined) return undefined;
  const longest = bytes.length * 8;
  if (slash === -1) return { bytes, prefixLength: longest };
  const length = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(length) || Number(length) > longest) return undefined;
  return { bytes, prefixLength: Number(length) };
}

/** Whether the address is in the block. IPv4 addresses are never in IPv6 blocks, and vice versa. */
export function blockContains(block: AddressBlock, address: readonly number[]): boolean {
  if (block.bytes.length !== address.length) return false;
  return pairs(address, block.bytes).every(([byte, expectedByte], index) => {
    const bits = Math.min(8, Math.max(0, block.prefixLength - index * 8));
    const mask = (0xff00 >> bits) & 0xff;
    return (byte & mask) === (expectedByte & mask);
  });
}

/** Parses an IPv4 or IPv6 address to its 4 or 16 bytes. Returns undefined for other text. */
export function parseAddress(text: string): readonly number[] | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  // Some programs read a leading zero as octal and others as decimal, so such text is not an address here.
  const bytes = parts.map((part) => (/^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseIpv6(text: string): number[] | undefined {
  const gap = text.indexOf('::');
  const head = parseGroups(gap === -1 ? text : text.slice(0, gap), gap === -1);
  const tail = gap === -1 ? [] : parseGroups(text.slice(gap + 2), true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  // "::" stands for at least one group (RFC 4291 §2.2). If it is absent, no group may be missing.
  if (gap === -1 ? missing !== 0 : missing < 2) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** @param last whether the address ends here; an IPv4 address may be written at its end (RFC 4291 §2.2). */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    if (last && index === groups.length - 1 && group.includes('.')) {
      const embedded = parseIpv4(group);
      if (embedded === undefined) return undefined;
      bytes.push(...embedded);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else {
      return undefined;
    }
  }
  return bytes;
}
