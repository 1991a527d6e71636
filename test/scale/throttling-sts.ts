import { StsError } from '../../shared/src/sts/sts-client.ts';
import type { SimulatedClock } from './simulated-clock.ts';

/** Simulates AWS STS for a crowd: it admits a number of requests per second, and refuses the others. */
export class ThrottlingSts {
  /** Times of the calls, milliseconds. */
  readonly calls: number[] = [];
  readonly #clock: SimulatedClock;
  readonly #random: () => number;
  readonly #perSecond: number;
  #tokens: number;
  #filledAt = 0;

  /** @param perSecond tokens that refill a token bucket of that size each second */
  constructor(perSecond: number, clock: SimulatedClock, random: () => number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#clock = clock;
    this.#random = random;
  }

  /** Takes 60 to 140 ms, as a call to a near region does. @throws StsError `Throttling` */
  async assumeRole(): Promise<void> {
    const admitted = this.#admits();
    await this.#clock.sleep(60 + 80 * this.#random());
    if (!admitted)
      throw new StsError({ answer: { code: 'Throttling', status: 400, message: 'Rate exceeded' }, fromSts: true });
  }

  #admits(): boolean {
    const now = this.#clock.now();
    this.calls.push(now);
    this.#tokens = Math.min(this.#perSecond, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
