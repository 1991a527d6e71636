import type { OptionProblem } from '../core/failure.ts';
import type { OptionKey, RawOption, RawOptions } from './options.ts';
import { itemsOf, Problem, refuseUndefinedVariable, textOf } from './values.ts';

/** Reads single options, and keeps what is wrong with them. */
export class OptionReader {
  readonly problems: OptionProblem[] = [];
  readonly #raw: RawOptions;

  constructor(raw: RawOptions) {
    this.#raw = raw;
  }

  /** Undefined where it is not given, or wrong. */
  one<T>(key: OptionKey, parse: (text: string) => T): T | undefined {
    const text = textOf(this.#raw[key].value);
    return text === '' ? undefined : this.#read(key, text, parse);
  }

  /** All items but the wrong ones. */
  list<T>(key: OptionKey, parse: (text: string) => T): readonly T[] {
    const { value } = this.#raw[key];
    const items = itemsOf(value);
    // Commas alone are no empty value: a guard that was meant must not vanish.
    if (items.length === 0 && textOf(value) !== '') this.#wrong(key, 'is a list without an item');
    return items.map((item) => this.#read(key, item, parse)).filter((item) => item !== undefined);
  }

  #read<T>(key: OptionKey, text: string, parse: (text: string) => T): T | undefined {
    try {
      refuseUndefinedVariable(text);
      return parse(text);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#wrong(key, error.message);
      return undefined;
    }
  }

  #wrong(key: OptionKey, message: string): void {
    this.problems.push({ option: this.#raw[key].name, message });
  }
}

/** Whether anything was given, be it right or wrong. */
export function isSet({ value }: RawOption): boolean {
  return itemsOf(value).length > 0;
}
