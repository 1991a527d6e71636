import { inspect } from 'node:util';

/**
 * A value that no log line, error, JSON text or `util.inspect` can show by accident.
 * Only `reveal()` gives it out; every call of it is a place to read with care.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
