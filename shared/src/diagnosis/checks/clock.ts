import type { Check } from '../../core/check.ts';
import { fail, ok, warn } from './check.ts';

/** Difference that AWS tolerates in tokens and in signed requests, seconds (IAM user guide, OIDC providers and SigV4). */
export const LEEWAY_SECONDS = 300;

/** Smallest difference to report. Smaller ones may come from the network and the clock's resolution. */
const WORTH_SAYING_SECONDS = 60;

/** Compares this machine's clock with that of STS. @param date header `Date` of an answer of STS */
export function clockChecks(date: string | undefined, now: Date): Check[] {
  const stsTime = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(stsTime)) return [];
  const seconds = Math.round((now.getTime() - stsTime) / 1000);
  const name = 'clock';
  const clockText = `this machine is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} STS`;
  if (Math.abs(seconds) > LEEWAY_SECONDS) {
    return [
      fail(
        name,
        clockText,
        'Fix the clock of this machine (NTP). AWS refuses signed requests that are over 5 minutes off.',
      ),
    ];
  }
  if (Math.abs(seconds) > WORTH_SAYING_SECONDS)
    return [warn(name, clockText, 'Fix the clock of this machine (NTP) before it is 5 minutes off.')];
  return [ok(name, 'this machine and STS agree')];
}
