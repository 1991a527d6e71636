import { inspect } from 'node:util';

/**
 * Value that does not appear by accident in a log line, an error, JSON text or `util.inspect`. Only `reveal()` returns
 * it; review every call of that carefully.
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
