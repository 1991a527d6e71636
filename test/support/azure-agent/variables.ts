import { expandMacros } from './macros.ts';

export interface StoredVariable {
  /** Name in its latest spelling. */
  readonly name: string;
  readonly value: string;
  readonly secret: boolean;
  readonly readOnly: boolean;
  readonly preserveCase: boolean;
}

export type VariableFlags = Partial<Omit<StoredVariable, 'name' | 'value'>>;

/**
 * Variables of a job, or of one task (agent, `Variables.cs`). Names ignore case. Secret and read-only variables stay
 * secret and read-only.
 */
export class VariableStore {
  #variables = new Map<string, StoredVariable>();
  /** Values before they are expanded in each other. */
  readonly unexpanded = new Map<string, StoredVariable>();
  readonly #mask: (secret: string) => void;

  /** @param mask receives each value of a secret variable */
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
    this.unexpanded.set(name.toLowerCase(), variable);
  }

  unset(name: string): void {
    this.#variables.delete(name.toLowerCase());
    this.unexpanded.delete(name.toLowerCase());
  }

  get(name: string): string | undefined {
    return this.#variables.get(name.toLowerCase())?.value;
  }

  /** Reads a boolean like .NET's `Boolean.TryParse`: `1` and `yes` are not true. */
  isTrue(name: string): boolean {
    return this.get(name)?.trim().toLowerCase() === 'true';
  }

  isReadOnly(name: string): boolean {
    return this.#variables.get(name.toLowerCase())?.readOnly ?? false;
  }

  all(): StoredVariable[] {
    return [...this.#variables.values()];
  }

  /** Expands `$(name)`. An undefined variable stays as it is. */
  expand(text: string): string {
    return expandMacros(text, (name) => this.get(name));
  }

  /**
   * Expands variables in each other, as before each step. A variable that contains a secret becomes secret. Cycles stay
   * as they are.
   */
  expandEachOther(): void {
    this.#variables = new Map(this.unexpanded);
    for (const [key, variable] of this.unexpanded) {
      const expanded = expandedFrom(this.unexpanded, key, []);
      if (expanded === undefined || expanded.value === variable.value) continue;
      if (expanded.secret) this.#mask(expanded.value);
      this.#variables.set(key, { ...variable, ...expanded });
    }
  }
}

function expandedFrom(
  unexpanded: ReadonlyMap<string, StoredVariable>,
  key: string,
  path: readonly string[],
): { value: string; secret: boolean } | undefined {
  const variable = unexpanded.get(key);
  if (variable === undefined || path.includes(key)) return undefined;
  let { secret } = variable;
  let cyclic = false;
  const value = expandMacros(variable.value, (name) => {
    const nested = unexpanded.has(name.toLowerCase())
      ? expandedFrom(unexpanded, name.toLowerCase(), [...path, key])
      : undefined;
    if (unexpanded.has(name.toLowerCase()) && nested === undefined) cyclic = true;
    secret ||= nested?.secret ?? false;
    return nested?.value;
  });
  return cyclic ? undefined : { value, secret };
}
