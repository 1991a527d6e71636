import type { Answer, Attempted } from '../core/failure.ts';
import { isLoopback } from '../net/secret-url.ts';

/**
 * Changes for a service that could not be reached directly. A region may be misspelt, since the rest of the endpoint's name
 * is ours; or the network needs a proxy that nobody named.
 */
export function unreachableChanges({ endpoint, region }: Attempted, answer: Answer | undefined): string[] {
  const { hostname, protocol } = new URL(endpoint);
  const message = answer?.message ?? '';
  if (protocol !== 'https:' || isLoopback(hostname) || message.startsWith('the proxy ')) return [];
  const isUnknown = message === `getaddrinfo ENOTFOUND ${hostname}`;
  const ownName = hostname.startsWith(`sts.${region}.`);
  return [
    ...(isUnknown && ownName
      ? [
          `No host has the name ${hostname}. Check that ${region} is the region you mean; if it is, check how this machine looks up names (DNS).`,
        ]
      : []),
    `No proxy was used. If this network needs one, set HTTPS_PROXY=http://host:port where this program can see it (HTTP_PROXY does not count for https).`,
    `Otherwise allow connections to ${hostname} in the firewall.`,
  ];
}
