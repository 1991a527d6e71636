/**
 * The emulator's time. Tests can move it, so that tokens and sessions expire without waiting. Signature dates (SigV4)
 * are always compared with the machine's time, because a client's clock cannot be moved.
 */
export interface Clock {
  /** Whole seconds since 1970 on the emulator's clock. */
  now(): number;
  /** Milliseconds since 1970 on the machine's clock. */
  machineMilliseconds(): number;
  /** Moves the emulator's clock by this many seconds, which may be negative. */
  advance(seconds: number): void;
  /** Seconds that the emulator's clock is ahead of the machine's. */
  offset(): number;
}

export function createClock(machineMilliseconds: () => number = Date.now): Clock {
  return new AdjustableClock(machineMilliseconds);
}

class AdjustableClock implements Clock {
  readonly #machineMilliseconds: () => number;
  #offset = 0;

  constructor(machineMilliseconds: () => number) {
    this.#machineMilliseconds = machineMilliseconds;
  }

  now(): number {
    return Math.floor(this.machineMilliseconds() / 1000) + this.#offset;
  }

  machineMilliseconds(): number {
    return this.#machineMilliseconds();
  }

  advance(seconds: number): void {
    this.#offset += seconds;
  }

  offset(): number {
    return this.#offset;
  }
}
