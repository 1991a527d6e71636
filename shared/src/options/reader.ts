import type { OptionProblem } from '../core/failure.ts';
import { itemsOf, type RawOption, textOf } from './raw-option.ts';
import { Problem, refuseUndefinedVariable } from './values.ts';

/** Reads options one by one and collects their problems. */
export class OptionReader<Key extends string> {
  readonly problems: OptionProblem[] = [];
  readonly #raw: Readonly<Record<Key, RawOption>>;

  constructor(raw: Readonly<Record<Key, RawOption>>) {
    this.#raw = raw;
  }

  /** Returns undefined when the option is unset or wrong. */
  one<T>(key: Key, parse: (text: string) => T): T | undefined {
    const text = textOf(this.#raw[key].value);
    return text === '' ? undefined : this.#read(key, text, parse);
  }

  /** Returns the valid items. */
  list<T>(key: Key, parse: (text: string) => T): readonly T[] {
    const { value } = this.#raw[key];
    const items = itemsOf(value);
    // A value of commas only is an error: the user meant to set a limit.
    if (items.length === 0 && textOf(value) !== '') this.#report(key, 'is a list without an item');
    return items.map((item) => this.#read(key, item, parse)).filter((item) => item !== undefined);
  }

  #read<T>(key: Key, text: string, parse: (text: string) => T): T | undefined {
    try {
      refuseUndefinedVariable(text);
      return parse(text);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#report(key, error.message, error.fix);
      return undefined;
    }
  }

  #report(key: Key, message: string, fix?: string): void {
    this.problems.push({ option: this.#raw[key].name, message, ...(fix === undefined ? {} : { fix }) });
  }
}
