import { BlockList, isIP } from 'node:net';

/** Host, without brackets, and port of a connection. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/**
 * Whether `NO_PROXY` exempts a connection. Reads the list as curl does: names match themselves and their subdomains,
 * with or without a leading dot; addresses may be CIDR blocks. In addition, an entry may end in `:port`, begin with
 * `*.`, or have brackets around an IPv6 address. `*` counts anywhere in the list.
 *
 * @param list separated by commas or blanks
 */
export function isExempt({ host, port }: HostAndPort, list: string): boolean {
  const matches = isIP(host) === 0 ? nameMatcher(host) : addressMatcher(host);
  return list
    .split(/[\s,]+/)
    .map(splitPort)
    .some((entry) => (entry.port === undefined || entry.port === port) && (entry.host === '*' || matches(entry.host)));
}

/**
 * Splits an entry into host and port. An IPv6 address needs brackets before a port, because otherwise its last group
 * would look like one.
 */
function splitPort(entry: string): { host: string; port: number | undefined } {
  const [, bracketed, name, port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(entry) ?? [];
  const host = bracketed ?? name;
  if (host !== undefined) return { host, port: Number(port) };
  return { host: /^\[([^\]]*)\]$/.exec(entry)?.[1] ?? entry, port: undefined };
}

function nameMatcher(host: string): (entry: string) => boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return (entry) => {
    const domain = entry
      .toLowerCase()
      .replace(/^\*?\./, '')
      .replace(/\.$/, '');
    return domain !== '' && (name === domain || name.endsWith(`.${domain}`));
  };
}

function addressMatcher(host: string): (entry: string) => boolean {
  const family = isIP(host);
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const bits = family === 4 ? 32 : 128;
  return (entry) => {
    const [, network = '', length] = /^([^/]*)(?:\/(\d{0,3}))?$/.exec(entry) ?? [];
    // As in curl, a missing length and the length 0 mean the whole address.
    const prefix = Number(length ?? 0) || bits;
    if (isIP(network) !== family || prefix > bits) return false;
    const block = new BlockList();
    block.addSubnet(network, prefix, type);
    return block.check(host, type);
  };
}
