import type { Advice, Attempted, Failure } from '../core/failure.ts';
import { isLoopback } from '../net/secret-url.ts';
import type { RawOptions } from '../options/keys.ts';

/**
 * Advice for a service that could not be reached. A network that needs a proxy looks like a wrong name or a closed
 * port. A missing proxy is therefore named before the region and the firewall.
 */
export function unreachableAdvice({ endpoint, region }: Attempted, { details }: Failure, raw: RawOptions): Advice {
  const { hostname, protocol } = new URL(endpoint);
  const message = details.answer?.message ?? '';
  const [, proxy] = /^the proxy (\S+?):? /.exec(message) ?? [];
  if (proxy !== undefined) {
    return {
      cause: `${hostname} could not be reached through the proxy ${proxy}.`,
      changes: [`Check that the proxy ${proxy} is up and may connect to ${hostname}.`],
    };
  }
  if (protocol !== 'https:' || isLoopback(hostname)) {
    return {
      cause: `${endpoint} could not be reached.`,
      changes: [`Start the service, or correct the address (${raw.stsEndpoint.name}).`],
    };
  }
  const isUnknown = message === `getaddrinfo ENOTFOUND ${hostname}`;
  return {
    cause: isUnknown
      ? `This machine cannot look up the name ${hostname}. No proxy was used.`
      : `${hostname} could not be reached. No proxy was used.`,
    changes: [
      `If this network needs a proxy, set HTTPS_PROXY to http://host:port ${placeOfVariables(raw)}. HTTP_PROXY is not used for https.`,
      isUnknown && hostname.startsWith(`sts.${region}.`)
        ? `Otherwise check that ${region} is a region of AWS (${raw.region.name}), and how this machine looks up names (DNS).`
        : `Otherwise allow connections to ${hostname} in the firewall.`,
    ],
  };
}

/** Place whose variables this program sees. The spelling of the options depends on the program. */
function placeOfVariables({ trustPolicyFile: { name } }: RawOptions): string {
  if (name === 'TRUST_POLICY_FILE') return 'under "variables:" of the pipe';
  if (name === 'trustPolicyFile') return "in the agent's environment, or configure the agent with --proxyurl";
  return 'in the shell that runs this command';
}
