/**
 * The emulator's time. It may run ahead of or behind the machine's, so that a test can let tokens and
 * sessions expire without waiting. Signature dates (SigV4) are always compared with the machine's time,
 * because a client's clock cannot be shifted along.
 */
export interface Clock {
  /** Seconds since 1970 on the emulator's clock, whole. */
  readonly now: () => number;
  /** Milliseconds since 1970 on the machine's clock. */
  readonly machineMilliseconds: () => number;
  /** Moves the emulator's clock; a negative number of seconds sets it back. */
  readonly advance: (seconds: number) => void;
  /** How far the emulator's clock is from the machine's, in seconds. */
  readonly offset: () => number;
}

export function createClock(machineMilliseconds: () => number = Date.now): Clock {
  let offset = 0;
  return {
    machineMilliseconds,
    now: () => Math.floor(machineMilliseconds() / 1000) + offset,
    advance: (seconds) => {
      offset += seconds;
    },
    offset: () => offset,
  };
}
