import type { Client } from './clients.ts';
import { seededRandom } from './seeded-random.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { ThrottlingSts } from './throttling-sts.ts';

export interface Crowd {
  readonly jobs: number;
  /** Requests per second that STS admits. */
  readonly perSecond: number;
  readonly seed: number;
}

export interface Course {
  readonly client: Client;
  readonly crowd: Crowd;
  /** Times of the calls to STS, milliseconds, ascending. */
  readonly calls: readonly number[];
  /** Times at which jobs got their credentials, milliseconds, ascending. */
  readonly servedAt: readonly number[];
  readonly failures: number;
}

/** Time after which a job without credentials has failed, milliseconds. */
export const PATIENCE = 300_000;

/** Period in which all jobs begin: one second. */
export async function simulate(client: Client, crowd: Crowd): Promise<Course> {
  const random = seededRandom(crowd.seed);
  const clock = new SimulatedClock();
  const sts = new ThrottlingSts(crowd.perSecond, clock, random);
  const servedAt: number[] = [];
  for (let job = 0; job < crowd.jobs; job++) {
    const begin = random() * 1000;
    void clock
      .sleep(begin)
      .then(() => client.assumeRole(sts, clock, random))
      .then(
        () => {
          if (clock.now() - begin <= PATIENCE) servedAt.push(clock.now());
        },
        () => {},
      );
  }
  await clock.run();
  return { client, crowd, calls: sts.calls, servedAt, failures: crowd.jobs - servedAt.length };
}
