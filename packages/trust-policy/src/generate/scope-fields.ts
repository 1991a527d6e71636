import { parseAddressBlock } from '../policy/ip-address.ts';
import { bareUuid } from '../text/uuid.ts';
import { ScopeError, type ScopeProblem } from './scope-error.ts';

/**
 * Reads fields of a request and collects what is wrong with them, so that one error can name everything. What is wrong
 * comes back as it is: it gets no further than `throwIfAny`.
 */
export class ScopeFields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #problems: ScopeProblem[] = [];
  /** Fields a problem already covers. */
  readonly #settled = new Set<string>();

  readonly #what: string;

  /** @param what what cannot be made where a field is wrong, the beginning of the error's message. */
  constructor(request: object, what: string) {
    this.#what = what;
    this.#values = new Map(Object.entries(request));
  }

  problem(field: string, reason: string): void {
    if (this.#settled.has(field)) return;
    this.#settled.add(field);
    this.#problems.push({ field, reason });
  }

  throwIfAny(): void {
    if (this.#problems.length > 0) throw new ScopeError(this.#what, this.#problems);
  }

  /** A name to be taken literally: not empty, no wildcard, no control character, none of the separators. */
  name(field: string, separators = ''): string {
    const value = this.#text(field);
    if (/[*?]/.test(value)) this.problem(field, 'must not contain a wildcard: name exactly one');
    else if (/\p{Cc}/u.test(value)) this.problem(field, 'must not contain control characters');
    else if (Array.from(separators).some((separator) => value.includes(separator))) {
      this.problem(field, `must not contain any of ${Array.from(separators).join(' ')}`);
    }
    return value;
  }

  matching(field: string, form: RegExp, reason: string): string {
    const value = this.#text(field);
    if (!form.test(value)) this.problem(field, reason);
    return value;
  }

  uuid(field: string): string {
    const value = this.#text(field);
    const uuid = bareUuid(value);
    if (uuid === undefined) this.problem(field, 'must be a UUID, with or without braces');
    return uuid ?? value;
  }

  exactlyOne<T extends string>(names: readonly [T, ...T[]]): T {
    const given = names.filter((name) => this.#values.get(name) !== undefined);
    if (given.length !== 1) {
      const reason = given.length === 0 ? 'is missing: give one of them' : 'are alternatives: give one of them';
      this.problem(names.join(' | '), reason);
      for (const name of names) this.#settled.add(name);
    }
    return given[0] ?? names[0];
  }

  addressBlocks(field: string): string[] {
    const value = this.#values.get(field) ?? [];
    const blocks: readonly unknown[] = Array.isArray(value) ? value : [value];
    return blocks.map((block) => {
      if (typeof block !== 'string' || parseAddressBlock(block) === undefined) {
        this.problem(field, 'must be IP addresses or CIDR blocks');
      }
      return String(block);
    });
  }

  #text(field: string): string {
    const value = this.#values.get(field);
    if (typeof value !== 'string' || value === '') this.problem(field, 'is missing');
    return String(value);
  }
}
