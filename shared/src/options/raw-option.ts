/** Option value as the CI system passes it: text, a list that is already split, or nothing. */
export type RawValue = string | readonly string[] | undefined;

/** One option as the user wrote it. */
export interface RawOption {
  /** Spelling in that CI system, for messages. */
  readonly name: string;
  readonly value: RawValue;
}

/** Trimmed text; an empty string means unset. */
export function textOf(value: RawValue): string {
  return (typeof value === 'string' ? value : (value ?? []).join('\n')).trim();
}

/** Items of a list. Text is split at commas and line breaks; empty items are dropped. */
export function itemsOf(value: RawValue): readonly string[] {
  const items = typeof value === 'string' ? value.split(/[\n,]/) : (value ?? []);
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

/** Whether the option has a value, valid or not. */
export function isSet({ value }: RawOption): boolean {
  return textOf(value) !== '';
}
