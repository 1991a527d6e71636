import { capture } from '../text/capture.ts';

/** A decimal number of any length, normalised: no leading zeros, no zeros at the end of the fraction. */
export interface Decimal {
  readonly isNegative: boolean;
  readonly integer: string;
  readonly fraction: string;
}

/** Parses digits with an optional sign and fraction. Returns undefined for other text, also for an exponent. */
export function parseDecimal(text: string): Decimal | undefined {
  const group = capture(/^([+-]?)(\d+)(?:\.(\d+))?$/, text);
  return group && decimal(group(1) === '-', group(2), group(3));
}

/** Makes a decimal of digits. */
export function decimal(isNegative: boolean, integerDigits: string, fractionDigits: string): Decimal {
  const integer = integerDigits.slice(leadingZeros(integerDigits));
  const fraction = fractionDigits.slice(0, lengthWithoutFinalZeros(fractionDigits));
  return { isNegative: isNegative && integer + fraction !== '', integer, fraction };
}

/** Returns a negative number if `one` is less than `other`, 0 if they are equal, otherwise a positive number. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  if (one.isNegative !== other.isNegative) return one.isNegative ? -1 : 1;
  const order =
    one.integer.length - other.integer.length ||
    compareTexts(one.integer, other.integer) ||
    compareTexts(one.fraction, other.fraction);
  return one.isNegative ? -order : order;
}

function compareTexts(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

function leadingZeros(digits: string): number {
  let count = 0;
  while (digits[count] === '0') count += 1;
  return count;
}

function lengthWithoutFinalZeros(digits: string): number {
  let { length } = digits;
  while (length > 0 && digits[length - 1] === '0') length -= 1;
  return length;
}
