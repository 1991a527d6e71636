import { invalidOptions, isLoopback, printable } from '@aws-oidc-assume/shared';
import { organizationOf } from '../agent/run.ts';

export interface TokenHosts {
  readonly uri: string;
  /** Address of the server that gave the job its access token. */
  readonly server: string | undefined;
  /** Further hosts, by the input `tokenHosts`. */
  readonly moreHosts: readonly string[];
}

/** REST reference, Distributed Task › Oidctoken › Create. */
const TOKEN_REQUEST = /\/_apis\/distributedtask\/hubs\/[^/]+\/plans\/[^/]+\/jobs\/[^/]+\/oidctoken$/i;

/**
 * Where Azure DevOps Services answers this organization. Of visualstudio.com only its own names: others' there may lead
 * to anybody's machine (dev tunnels).
 */
function hostsOf(server: URL | undefined): readonly string[] {
  const hosts = ['dev.azure.com', 'vstoken.dev.azure.com'];
  const own = organizationOf(server?.href).toLowerCase();
  if (own === '' || !/^dev\.azure\.com$|\.visualstudio\.com$/.test(server?.hostname ?? '')) return hosts;
  return [...hosts, `${own}.visualstudio.com`, `${own}.vsrm.visualstudio.com`];
}

/**
 * The address of the token request, if the access token may go there. Any earlier step can set `System.OidcRequestUri`,
 * and the access token, which scripts do not have, goes to where it points: so that must be the server the token came
 * from, as the agent itself names it, or Azure DevOps Services, and there to nothing but the request for a token: any
 * other call would be made with all that the job may do. Plain http is for a server on this machine alone, where
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
  const isKnown = url.port === '' && hostsOf(home).includes(url.hostname);
  const isNamed = moreHosts.some((host) => [url.host, url.hostname].includes(host.toLowerCase()));
  if (!isHome && !isKnown && !isNamed) {
    throw refuse(
      `points to ${printable(url.host, 200)}, which is neither the server of this job (${home?.host ?? 'unknown'}) nor Azure DevOps Services: the access token of the job is not sent there. If it is right, name the host in the input tokenHosts`,
    );
  }
  if (!TOKEN_REQUEST.test(url.pathname)) {
    throw refuse(
      `is ${printable(url.origin + url.pathname, 300)}, not the address of a token request (…/_apis/distributedtask/hubs/…/plans/…/jobs/…/oidctoken): an earlier step may have changed it`,
    );
  }
  return url;
}
