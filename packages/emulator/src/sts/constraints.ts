/** AWS's checks of a request's parameters, before anything else is looked at, with its wording. */
import type { QueryRequest } from './query-request.ts';
import { StsError } from './sts-error.ts';

export interface TextConstraint {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: { readonly shown: string; readonly test: RegExp };
  /** Sensitive values are left out of messages. */
  readonly sensitive?: boolean;
}

/** Collects what is wrong with a request, so that all of it is reported at once. */
export interface Violations {
  readonly required: (parameter: string, constraint: TextConstraint) => string;
  readonly text: (parameter: string, constraint: TextConstraint) => string | undefined;
  readonly value: (where: string, value: string, constraint: TextConstraint) => void;
  readonly integer: (parameter: string, minimum: number, maximum: number) => number | undefined;
  readonly count: (parameter: string, count: number, maximum: number) => void;
  /** @throws StsError ValidationError with all that was found. */
  readonly check: () => void;
}

export function violations(request: QueryRequest): Violations {
  const found: string[] = [];
  const add = (shown: string, where: string, constraint: string): void => {
    found.push(`Value ${shown}at '${where}' failed to satisfy constraint: Member must ${constraint}`);
  };
  const value = (where: string, text: string, constraint: TextConstraint): void => {
    const { minimum, maximum, pattern, sensitive = false } = constraint;
    const shown = sensitive ? '' : `'${text}' `;
    // AWS counts Unicode characters, not bytes or UTF-16 units.
    const length = [...text].length;
    if (pattern && !pattern.test.test(text)) add(shown, where, `satisfy regular expression pattern: ${pattern.shown}`);
    if (minimum !== undefined && length < minimum) add(shown, where, `have length greater than or equal to ${minimum}`);
    if (maximum !== undefined && length > maximum) add(shown, where, `have length less than or equal to ${maximum}`);
  };
  const text = (parameter: string, constraint: TextConstraint): string | undefined => {
    const given = request.get(parameter);
    if (given !== undefined) value(lowerFirst(parameter), given, constraint);
    return given;
  };
  return {
    value,
    text,
    required: (parameter, constraint) => {
      const given = text(parameter, constraint);
      if (given === undefined) add('null ', lowerFirst(parameter), 'not be null');
      return given ?? '';
    },
    integer: (parameter, minimum, maximum) => {
      const given = request.get(parameter);
      if (given === undefined) return undefined;
      const number = signed32(given);
      const where = lowerFirst(parameter);
      if (number < minimum) add(`'${number}' `, where, `have value greater than or equal to ${minimum}`);
      if (number > maximum) add(`'${number}' `, where, `have value less than or equal to ${maximum}`);
      return number;
    },
    count: (parameter, count, maximum) => {
      if (count > maximum) {
        add(`of ${count} members `, lowerFirst(parameter), `have length less than or equal to ${maximum}`);
      }
    },
    check: () => {
      if (found.length === 0) return;
      const errors = found.length === 1 ? 'error' : 'errors';
      throw new StsError('ValidationError', `${found.length} validation ${errors} detected: ${found.join('; ')}`);
    },
  };
}

/** AWS reads numbers as signed 32-bit ones, `+900` and `0900` included, and says nothing more about others. */
function signed32(text: string): number {
  if (text === '') throw new StsError('MalformedInput', 'missing value for decimal type');
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= -(2 ** 31) && number < 2 ** 31)) throw new StsError('MalformedInput', undefined);
  return number;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
