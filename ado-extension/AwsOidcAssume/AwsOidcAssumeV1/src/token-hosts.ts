import { invalidOptions, isLoopback, printable } from '@aws-oidc-assume/shared';

export interface TokenHosts {
  readonly uri: string;
  /** Address of the server that gave the job its access token. */
  readonly server: string | undefined;
  /** Further hosts, by the input `tokenHosts`. */
  readonly moreHosts: readonly string[];
}

/** Where Azure DevOps Services answers. */
const AZURE_DEVOPS = /^(?:(?:vstoken\.)?dev\.azure\.com|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.visualstudio\.com)$/;

/**
 * The address of the token request, if the access token may go there. Any earlier step can set `System.OidcRequestUri`,
 * and the access token, which scripts do not have, goes to where it points: so that must be the server the token came
 * from, as the agent itself names it, or Azure DevOps Services. Plain http is for a server on this machine alone, where
 * there is no network to listen on; and there too only for the server that the token came from.
 * @throws Failure `InvalidOptions`
 */
export function refuseForeignHost({ uri, server, moreHosts }: TokenHosts): URL {
  const refuse = (why: string) => invalidOptions([{ option: 'System.OidcRequestUri', message: why }]);
  if (!URL.canParse(uri)) throw refuse(`is "${printable(uri, 200)}", not an address`);
  const url = new URL(uri);
  const home = server !== undefined && URL.canParse(server) ? new URL(server) : undefined;
  const isHome = url.host === home?.host;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHome && isLoopback(url.hostname))) {
    throw refuse(`is ${printable(url.origin, 200)}, not https: the access token of the job would travel in the clear`);
  }
  if (url.username !== '' || url.password !== '') throw refuse('holds a user or a password');
  const isKnown = url.port === '' && AZURE_DEVOPS.test(url.hostname);
  const isNamed = moreHosts.some((host) => [url.host, url.hostname].includes(host.toLowerCase()));
  if (!isHome && !isKnown && !isNamed) {
    throw refuse(
      `points to ${printable(url.host, 200)}, which is neither the server of this job (${home?.host ?? 'unknown'}) nor Azure DevOps Services: the access token of the job is not sent there. If it is right, name the host in the input tokenHosts`,
    );
  }
  return url;
}
