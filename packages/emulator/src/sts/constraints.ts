/** AWS's first checks of a request's parameters, in its wording. */
import type { QueryRequest } from './query-request.ts';
import { StsError } from './sts-error.ts';

export interface TextConstraint {
  readonly minimum?: number;
  readonly maximum?: number;
  /** The pattern as AWS prints it, and the one to test. */
  readonly pattern?: { readonly text: string; readonly test: RegExp };
  /** Whether messages omit the value. */
  readonly sensitive?: boolean;
}

/** Reads a request's parameters and collects all violations, so that one error can report them together. */
export class Violations {
  readonly #request: QueryRequest;
  readonly #violations: string[] = [];

  constructor(request: QueryRequest) {
    this.#request = request;
  }

  required(parameter: string, constraint: TextConstraint): string {
    const value = this.text(parameter, constraint);
    if (value === undefined) this.#add('null ', lowerFirst(parameter), 'not be null');
    return value ?? '';
  }

  text(parameter: string, constraint: TextConstraint): string | undefined {
    const value = this.#request.get(parameter);
    if (value !== undefined) this.value(lowerFirst(parameter), value, constraint);
    return value;
  }

  value(where: string, text: string, constraint: TextConstraint): void {
    const { minimum, maximum, pattern, sensitive = false } = constraint;
    const quotedValue = sensitive ? '' : `'${text}' `;
    // AWS counts Unicode characters, not bytes or UTF-16 units.
    const length = [...text].length;
    const add = (rule: string) => this.#add(quotedValue, where, rule);
    if (pattern && !pattern.test.test(text)) add(`satisfy regular expression pattern: ${pattern.text}`);
    if (minimum !== undefined && length < minimum) add(`have length greater than or equal to ${minimum}`);
    if (maximum !== undefined && length > maximum) add(`have length less than or equal to ${maximum}`);
  }

  integer(parameter: string, minimum: number, maximum: number): number | undefined {
    const text = this.#request.get(parameter);
    if (text === undefined) return undefined;
    const number = signed32(text);
    const where = lowerFirst(parameter);
    if (number < minimum) this.#add(`'${number}' `, where, `have value greater than or equal to ${minimum}`);
    if (number > maximum) this.#add(`'${number}' `, where, `have value less than or equal to ${maximum}`);
    return number;
  }

  count(parameter: string, count: number, maximum: number): void {
    if (count <= maximum) return;
    this.#add(`of ${count} members `, lowerFirst(parameter), `have length less than or equal to ${maximum}`);
  }

  /** @throws StsError ValidationError listing every violation */
  check(): void {
    const { length } = this.#violations;
    if (length === 0) return;
    const errors = length === 1 ? 'error' : 'errors';
    throw new StsError('ValidationError', `${length} validation ${errors} detected: ${this.#violations.join('; ')}`);
  }

  #add(quotedValue: string, where: string, rule: string): void {
    this.#violations.push(`Value ${quotedValue}at '${where}' failed to satisfy constraint: Member must ${rule}`);
  }
}

/** Parses a number as AWS does: signed 32-bit, with `+900` and `0900`. Its error for other text has no message. */
function signed32(text: string): number {
  if (text === '') throw new StsError('MalformedInput', 'missing value for decimal type');
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= -(2 ** 31) && number < 2 ** 31)) throw new StsError('MalformedInput', undefined);
  return number;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
