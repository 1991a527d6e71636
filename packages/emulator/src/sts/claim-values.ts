import { invalidToken } from './invalid-token.ts';

/** Whole seconds, from a number or a string. */
export function timestamp(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value);
  throw invalidToken('Invalid timestamp in token claims.');
}

export function stringOrList(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw invalidToken();
}
