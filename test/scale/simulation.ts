import type { Client } from './clients.ts';
import { seededRandom } from './seeded-random.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { ThrottlingSts } from './throttling-sts.ts';

export interface Crowd {
  readonly jobs: number;
  /** What STS admits, requests a second. */
  readonly perSecond: number;
  readonly seed: number;
}

export interface Course {
  readonly client: Client;
  readonly crowd: Crowd;
  /** When each call came to STS, milliseconds, ascending. */
  readonly calls: readonly number[];
  /** When each job had its credentials, milliseconds, ascending. */
  readonly served: readonly number[];
  readonly failures: number;
}

/** Who has no credentials after five minutes has none, milliseconds. */
export const PATIENCE = 300_000;

/** All these jobs begin within one second. */
export async function simulate(client: Client, crowd: Crowd): Promise<Course> {
  const random = seededRandom(crowd.seed);
  const clock = new SimulatedClock();
  const sts = new ThrottlingSts(crowd.perSecond, clock, random);
  const served: number[] = [];
  for (let job = 0; job < crowd.jobs; job++) {
    const begin = random() * 1000;
    void clock
      .sleep(begin)
      .then(() => client.assumeRole(sts, clock, random))
      .then(
        () => {
          if (clock.now() - begin <= PATIENCE) served.push(clock.now());
        },
        () => {},
      );
  }
  await clock.run();
  return { client, crowd, calls: sts.calls, served, failures: crowd.jobs - served.length };
}
