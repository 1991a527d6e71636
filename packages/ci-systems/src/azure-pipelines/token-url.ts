import { invalidOptions, parseSecretUrl, printable } from '@aws-oidc-assume/shared';
import type { TokenRequestWords } from './advice.ts';
import { isAzureDevOpsServices, organizationOf } from './organization.ts';

/** Addresses that decide where the access token of the job may go. */
export interface TokenHosts {
  /** Value of `System.OidcRequestUri`. */
  readonly uri: string;
  /** Address of the server that gave the job its access token. */
  readonly server: string | undefined;
  /** Further hosts that the pipeline allows, some with a port. */
  readonly moreHosts: readonly string[];
  /** Values of `System.PlanId` and `System.JobId`, if there are any. */
  readonly planId?: string | undefined;
  readonly jobId?: string | undefined;
}

/** REST reference, Distributed Task › Oidctoken › Create. */
const TOKEN_REQUEST = /\/_apis\/distributedtask\/hubs\/[^/]+\/plans\/(?<plan>[^/]+)\/jobs\/(?<job>[^/]+)\/oidctoken$/i;

/**
 * Returns the address of the token request if the access token of the job may go there. Any earlier step can set
 * `System.OidcRequestUri`, and the request carries the access token. So its host must be the server of the job, Azure
 * DevOps Services, or a host that the pipeline names. Its path must be that of a token request, because any other call
 * would run with all rights of the job. Plain http is accepted only for a server on this machine.
 *
 * @throws Failure `InvalidOptions`
 */
export function tokenRequestUrl(hosts: TokenHosts, words: TokenRequestWords): URL {
  const { uri, server, moreHosts } = hosts;
  const refusal = (reason: string) => invalidOptions([{ option: words.uriVariable, message: reason }]);
  const url = parseSecretUrl(uri);
  if (typeof url === 'string') throw refusal(`is "${printable(uri, 200)}", which ${url}`);
  const home = server !== undefined && URL.canParse(server) ? new URL(server) : undefined;
  const isHome = url.host === home?.host;
  if (url.protocol === 'http:' && !isHome) {
    throw refusal(
      `is ${printable(url.origin, 200)}, not https: the access token of the job would travel in clear text (http is accepted only if the job's server, ENDPOINT_URL_SYSTEMVSSCONNECTION, is that same address on this machine)`,
    );
  }
  const isServices = url.port === '' && servicesHosts(home).includes(url.hostname);
  const isAllowed = moreHosts.some((host) => [url.host, url.hostname].includes(host.toLowerCase()));
  if (!isHome && !isServices && !isAllowed) {
    throw refusal(
      `points to ${printable(url.host, 200)}, which is neither the server of this job (${home?.host ?? 'unknown'}) nor Azure DevOps Services: the access token of the job is not sent there. ${words.foreignHost}`,
    );
  }
  const ids = TOKEN_REQUEST.exec(url.pathname)?.groups;
  if (ids === undefined) {
    throw refusal(
      `is ${printable(url.origin + url.pathname, 300)}, not the address of a token request (…/_apis/distributedtask/hubs/…/plans/…/jobs/…/oidctoken): an earlier step may have changed it`,
    );
  }
  if (!isSameId(ids['plan'], hosts.planId) || !isSameId(ids['job'], hosts.jobId)) {
    throw refusal(
      `belongs to plan ${printable(ids['plan'] ?? '', 60)}, job ${printable(ids['job'] ?? '', 60)}, not to this job (${printable(hosts.planId ?? 'any', 60)}, ${printable(hosts.jobId ?? 'any', 60)}): an earlier step may have changed it`,
    );
  }
  return url;
}

/** Whether the id is the job's, if the job's own is known. */
function isSameId(id: string | undefined, own: string | undefined): boolean {
  return own === undefined || id?.toLowerCase() === own.toLowerCase();
}

/** Hosts at which Azure DevOps Services serves the organization of this server. */
function servicesHosts(server: URL | undefined): readonly string[] {
  const hosts = ['dev.azure.com', 'vstoken.dev.azure.com'];
  if (server === undefined || !isAzureDevOpsServices(server)) return hosts;
  const organization = organizationOf(server.href).toLowerCase();
  if (organization === '') return hosts;
  return [...hosts, `${organization}.visualstudio.com`, `${organization}.vsrm.visualstudio.com`];
}
