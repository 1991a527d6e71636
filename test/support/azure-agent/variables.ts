import { expandMacros } from './macros.ts';

export interface StoredVariable {
  /** As last written. */
  readonly name: string;
  readonly value: string;
  readonly secret: boolean;
  readonly readOnly: boolean;
  readonly preserveCase: boolean;
}

export type VariableFlags = Partial<Omit<StoredVariable, 'name' | 'value'>>;

/**
 * The variables of a job, or of one task (agent, `Variables.cs`): names without case; once secret, always secret; once
 * read-only, always read-only.
 */
export class VariableStore {
  #variables = new Map<string, StoredVariable>();
  /** Before they were expanded in each other. */
  readonly #given = new Map<string, StoredVariable>();
  readonly #mask: (secret: string) => void;

  /** @param mask is told each value of a secret variable */
  constructor(mask: (secret: string) => void = () => {}) {
    this.#mask = mask;
  }

  set(name: string, value: string, flags: VariableFlags = {}): void {
    const before = this.#variables.get(name.toLowerCase());
    const secret = (flags.secret ?? false) || (before?.secret ?? false);
    const readOnly = (flags.readOnly ?? false) || (before?.readOnly ?? false);
    if (secret) this.#mask(value);
    const variable = { name, value, secret, readOnly, preserveCase: flags.preserveCase ?? false };
    this.#variables.set(name.toLowerCase(), variable);
    this.#given.set(name.toLowerCase(), variable);
  }

  unset(name: string): void {
    this.#variables.delete(name.toLowerCase());
    this.#given.delete(name.toLowerCase());
  }

  get(name: string): string | undefined {
    return this.#variables.get(name.toLowerCase())?.value;
  }

  /** As .NET's `Boolean.TryParse`: neither `1` nor `yes` is true. */
  isTrue(name: string): boolean {
    return this.get(name)?.trim().toLowerCase() === 'true';
  }

  isReadOnly(name: string): boolean {
    return this.#variables.get(name.toLowerCase())?.readOnly ?? false;
  }

  all(): StoredVariable[] {
    return [...this.#variables.values()];
  }

  /** `$(name)`; an undefined one stays as it is. */
  expand(text: string): string {
    return expandMacros(text, (name) => this.get(name));
  }

  /** Before each step variables are expanded in each other; one that holds a secret is one. Cycles stay as they are. */
  expandEachOther(): void {
    this.#variables = new Map(this.#given);
    for (const [key, variable] of this.#given) {
      const expanded = expandedFrom(this.#given, key, []);
      if (expanded === undefined || expanded.value === variable.value) continue;
      if (expanded.secret) this.#mask(expanded.value);
      this.#variables.set(key, { ...variable, ...expanded });
    }
  }
}

function expandedFrom(
  given: ReadonlyMap<string, StoredVariable>,
  key: string,
  path: readonly string[],
): { value: string; secret: boolean } | undefined {
  const variable = given.get(key);
  if (variable === undefined || path.includes(key)) return undefined;
  let { secret } = variable;
  let cyclic = false;
  const value = expandMacros(variable.value, (name) => {
    const nested = given.has(name.toLowerCase()) ? expandedFrom(given, name.toLowerCase(), [...path, key]) : undefined;
    if (given.has(name.toLowerCase()) && nested === undefined) cyclic = true;
    secret ||= nested?.secret ?? false;
    return nested?.value;
  });
  return cyclic ? undefined : { value, secret };
}
