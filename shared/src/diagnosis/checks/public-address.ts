import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** Code of the error about a host in a private network. */
export const PRIVATE_ADDRESS = 'EPRIVATE';

/** IPv4 blocks that the public Internet does not route (IANA, IPv4 Special-Purpose Address Registry; multicast). */
const PRIVATE_IPV4 = blocks('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
]);
/** Blocks within the public 2000::/3 that map to IPv4 or are not routed: Teredo and others, documentation, 6to4. */
const PRIVATE_IPV6 = blocks('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);
const PUBLIC_IPV6 = blocks('ipv6', ['2000::/3']);
/** Blocks whose last 32 bits are an IPv4 address: mapped (RFC 4291) and NAT64 (RFC 6052). */
const EMBEDDED_IPV4 = blocks('ipv6', ['::ffff:0:0/96', '64:ff9b::/96']);

/** Names that are unknown to public name servers: without a dot, and below the domains for private use. */
const PRIVATE_NAME = /^[^.]*$|\.(?:localhost|local|localdomain|internal|intranet|lan|home\.arpa)$/;

/** Whether a host, as in `URL.hostname`, can be public. A name is judged only by its spelling. */
export function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return isIP(host) === 0 ? !PRIVATE_NAME.test(host) : isPublicAddress(host);
}

/** Whether an IP address is routed on the public Internet. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !PRIVATE_IPV4.check(address, 'ipv4');
  if (EMBEDDED_IPV4.check(address, 'ipv6')) return isPublicAddress(embeddedIpv4(address));
  return PUBLIC_IPV6.check(address, 'ipv6') && !PRIVATE_IPV6.check(address, 'ipv6');
}

/**
 * Looks up a name whose addresses must all be public. The connection uses the returned addresses, so a second answer of
 * the name server cannot redirect it.
 *
 * @throws Error with the code `EPRIVATE`, or with Node's
 */
export async function lookUpPublic(name: string): Promise<string[]> {
  const addresses = (await lookup(name, { all: true })).map(({ address }) => address);
  const refused = addresses.find((address) => !isPublicAddress(address));
  if (refused === undefined) return addresses;
  throw Object.assign(new Error(`${name} is ${refused} here`), { code: PRIVATE_ADDRESS });
}

function blocks(family: 'ipv4' | 'ipv6', cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', length = ''] = cidr.split('/');
    list.addSubnet(network, Number(length), family);
  }
  return list;
}

/** The last 32 bits of an IPv6 address. `URL` writes them as two groups for any spelling. */
function embeddedIpv4(address: string): string {
  const [high = '', low = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':').slice(-2);
  const bits = (Number.parseInt(high || '0', 16) << 16) | Number.parseInt(low || '0', 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}
