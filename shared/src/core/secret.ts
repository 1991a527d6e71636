import { inspect } from 'node:util';

/**
 * Value that no log line, error, JSON text or `util.inspect` can show by accident. Only `reveal()` returns it; every call
 * of that deserves a careful review.
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
