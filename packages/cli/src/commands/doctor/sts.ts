import { TransportError } from '@aws-oidc-assume/shared';
import type { CliContext } from '../../context.ts';
import { type Check, fail, ok, warn } from './check.ts';
import { proxyHost } from './fetch-json.ts';
import { LEEWAY_SECONDS } from './token.ts';

/** Smallest difference to report. Smaller ones may come from the network and the clock's resolution. */
const WORTH_SAYING_SECONDS = 60;

/**
 * Checks that STS answers and that its clock agrees with this machine. STS refuses an unsigned GetCallerIdentity in its
 * own XML, which no proxy would write.
 */
export async function stsChecks(
  endpoint: string,
  { transport, proxyFor, now }: CliContext,
  signal: AbortSignal,
): Promise<Check[]> {
  const name = 'sts';
  const url = new URL(endpoint);
  const proxy = await proxyHost(url, proxyFor);
  const by = proxy === undefined ? '' : `, through the proxy ${proxy}`;
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
          `${endpoint} answered HTTP ${answer.status}, but not as STS does${by}`,
          'Look for a proxy, TLS inspection or a wrong endpoint in between.',
        ),
      ];
    }
    return [ok(name, `${endpoint} answers${by}`), ...clockChecks(answer.headers['date'], now())];
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    return [
      fail(
        name,
        `${endpoint} cannot be reached${by}: ${error.code}: ${error.message}`,
        proxy === undefined
          ? 'Check network and firewall, and set HTTPS_PROXY if a proxy is needed.'
          : 'Check the proxy named in HTTPS_PROXY, or exempt the endpoint in NO_PROXY.',
      ),
    ];
  }
}

function clockChecks(date: string | undefined, now: Date): Check[] {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return [];
  const seconds = Math.round((now.getTime() - theirs) / 1000);
  const name = 'clock';
  const found = `this machine is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} STS`;
  if (Math.abs(seconds) > LEEWAY_SECONDS) {
    return [
      fail(name, found, 'Correct the clock (NTP): AWS refuses requests that are signed more than 5 minutes off.'),
    ];
  }
  if (Math.abs(seconds) > WORTH_SAYING_SECONDS)
    return [warn(name, found, 'Correct the clock (NTP) before it is 5 minutes off.')];
  return [ok(name, 'this machine and STS agree')];
}
