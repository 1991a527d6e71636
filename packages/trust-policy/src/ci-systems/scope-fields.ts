import { parseAddressBlock } from '../policy/ip-address.ts';
import { refProblem } from '../text/git-ref.ts';
import { meantName, nameProblem } from '../text/name.ts';
import { bareUuid } from '../text/uuid.ts';
import { ScopeError, type ScopeProblem } from './scope-error.ts';

/** Form of the names that a CI system gives to one kind of thing. */
export interface NameForm {
  readonly form: RegExp;
  /** Completes "must be …". */
  readonly is: string;
}

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

  /** Reads a name that is used literally. */
  name(field: string): string {
    const value = this.#text(field);
    const problem = nameProblem(value);
    if (problem !== undefined) this.problem(field, problem);
    return value;
  }

  /** Reads a name of a form that its CI system prescribes. The problem suggests the name that was probably meant. */
  formedName(field: string, { form, is }: NameForm): string {
    const value = this.name(field);
    if (form.test(value)) return value;
    const suggestion = meantName(value, (text) => form.test(text) && nameProblem(text) === undefined);
    this.problem(
      field,
      `must be ${is}${suggestion === undefined ? '' : `: write "${suggestion}" instead of "${value}"`}`,
    );
    return value;
  }

  /** Reads the short name of a branch or tag. */
  ref(field: 'branch' | 'tag'): string {
    const value = this.name(field);
    const problem = refProblem(value, field);
    if (problem !== undefined) this.problem(field, problem);
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

  /** Reports UUIDs of different things that are the same. */
  distinct(...fields: readonly string[]): void {
    const seen = new Map<string, string>();
    for (const field of fields) {
      const value = this.#values.get(field);
      const uuid = typeof value === 'string' ? bareUuid(value) : undefined;
      const other = uuid === undefined ? undefined : seen.get(uuid);
      if (other !== undefined) this.problem(field, `is the same UUID as ${other}: they name different things`);
      if (uuid !== undefined) seen.set(uuid, field);
    }
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
