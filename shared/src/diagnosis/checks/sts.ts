import type { Check } from '../../core/check.ts';
import type { ProxyFor } from '../../net/proxy.ts';
import type { Runtime } from '../../runtime.ts';
import { fail, ok } from './check.ts';
import { clockChecks } from './clock.ts';
import { proxyHost, reasonOf } from './fetch-json.ts';

/** Clock and network of the check. */
export interface StsSurroundings extends Pick<Runtime, 'transport' | 'now'> {
  readonly proxyFor: ProxyFor;
}

/**
 * Checks that STS answers and that its clock agrees with this machine. STS refuses an unsigned GetCallerIdentity in its
 * own XML, which no proxy would write.
 */
export async function stsChecks(
  endpoint: string,
  { transport, proxyFor, now }: StsSurroundings,
  signal: AbortSignal,
): Promise<Check[]> {
  const name = 'sts';
  const url = new URL(endpoint);
  const proxy = await proxyHost(url, proxyFor);
  const route = proxy === undefined ? '' : `, through the proxy ${proxy}`;
  try {
    const answer = await transport(
      {
        method: 'POST',
        url,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'Action=GetCallerIdentity&Version=2011-06-15',
      },
      signal,
    );
    const code = /<Code>([A-Za-z.]+)<\/Code>/.exec(answer.body.toString('utf8').slice(0, 10_000))?.[1];
    if (code === undefined) {
      return [
        fail(
          name,
          `${endpoint} answered HTTP ${answer.status}, but not as STS does${route}`,
          'Look for a proxy, TLS inspection or a wrong endpoint between this machine and STS.',
        ),
      ];
    }
    return [ok(name, `${endpoint} answers${route}`), ...clockChecks(answer.headers['date'], now())];
  } catch (error) {
    return [
      fail(
        name,
        `${endpoint} cannot be reached${route}: ${reasonOf(error)}`,
        proxy === undefined
          ? 'Check the network and the firewall. If this network needs a proxy, set HTTPS_PROXY.'
          : 'Check that the proxy is up and may connect to STS, or exempt the endpoint in NO_PROXY.',
      ),
    ];
  }
}
