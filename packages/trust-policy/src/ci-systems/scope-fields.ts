import { parseAddressBlock } from '../policy/ip-address.ts';
import { bareUuid } from '../text/uuid.ts';
import { ScopeError, type ScopeProblem } from './scope-error.ts';

/**
 * Reads the fields of a request and collects their problems, so that one error names all of them. A wrong value is
 * returned unchanged: `throwIfAny` keeps it from being used.
 */
export class ScopeFields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #problems: ScopeProblem[] = [];
  /** Fields that already have a problem. */
  readonly #reported = new Set<string>();
  readonly #consequence: string;

  /** @param consequence beginning of the error's message, e.g. `No trust policy can be written` */
  constructor(request: object, consequence: string) {
    this.#consequence = consequence;
    this.#values = new Map(Object.entries(request));
  }

  problem(field: string, reason: string): void {
    if (this.#reported.has(field)) return;
    this.#reported.add(field);
    this.#problems.push({ field, reason });
  }

  /** @throws ScopeError if there is any problem. */
  throwIfAny(): void {
    if (this.#problems.length > 0) throw new ScopeError(this.#consequence, this.#problems);
  }

  has(field: string): boolean {
    return this.#values.get(field) !== undefined;
  }

  /** Reads a name that is used literally: not empty, without wildcards, control characters and the given separators. */
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

  /** Returns which one of several alternative fields is present. */
  exactlyOne<T extends string>(names: readonly [T, ...T[]]): T {
    const present = names.filter((name) => this.has(name));
    if (present.length !== 1) {
      const reason = present.length === 0 ? 'is missing: give one of them' : 'are alternatives: give one of them';
      this.problem(names.join(' | '), reason);
      for (const name of names) this.#reported.add(name);
    }
    return present[0] ?? names[0];
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
