import { withRetries } from '../../shared/src/net/retry.ts';
import { classify } from '../../shared/src/sts/classify.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import type { ThrottlingSts } from './throttling-sts.ts';

/** Requests credentials for a job. Rejects when it gives up. */
export interface Client {
  readonly name: string;
  assumeRole(sts: ThrottlingSts, clock: SimulatedClock, random: () => number): Promise<void>;
}

/** The released retry engine, with its defaults except the time limit. */
export function awsOidcAssume(timeoutSeconds: number): Client {
  return {
    name: `AWS OIDC Assume, ${timeoutSeconds} s`,
    assumeRole: (sts, clock, random) => {
      const end = clock.now() + timeoutSeconds * 1000;
      return withRetries(
        {
          maxAttempts: 5,
          signal: new AbortController().signal,
          timeLeft: () => end - clock.now(),
          attempt: () => sts.assumeRole(),
          judge: classify,
        },
        { random, sleep: (milliseconds) => clock.sleep(milliseconds) },
      );
    },
  };
}

/**
 * configure-aws-credentials v6.2.3. It makes twelve attempts, each followed by random × 2ⁿ × 50 ms (src/helpers.ts,
 * `retryAndBackoff`). Each attempt contains the AWS SDK for JavaScript's three, with random × 2ⁿ × 500 ms after
 * throttling, at most 20 s (@smithy/core, `THROTTLING_RETRY_DELAY_BASE`, `MAXIMUM_RETRY_DELAY`).
 */
export const configureAwsCredentials: Client = {
  name: 'configure-aws-credentials',
  assumeRole: (sts, clock, random) => {
    const sdk = () =>
      attempts(
        3,
        () => sts.assumeRole(),
        (n) => clock.sleep(random() * Math.min(20_000, 500 * 2 ** n)),
      );
    return attempts(12, sdk, (n) => clock.sleep(random() * 50 * 2 ** n));
  },
};

/**
 * AWS CLI, standard mode: three attempts, with random × 2ⁿ × 1 s after throttling, at most 20 s (botocore,
 * retries/standard.py, `ExponentialBackoff`).
 */
export const awsCli: Client = {
  name: 'AWS CLI, standard mode',
  assumeRole: (sts, clock, random) =>
    attempts(
      3,
      () => sts.assumeRole(),
      (n) => clock.sleep(random() * Math.min(20_000, 1000 * 2 ** n)),
    ),
};

/** @param wait after the n-th failure, from 0 */
async function attempts(most: number, attempt: () => Promise<void>, wait: (n: number) => Promise<void>): Promise<void> {
  for (let n = 0; ; n++) {
    try {
      return await attempt();
    } catch (error) {
      if (n + 1 >= most) throw error;
      await wait(n);
    }
  }
}
