export interface StoredVariable {
  /** As first written. */
  readonly name: string;
  readonly value: string;
  readonly secret: boolean;
  readonly readOnly: boolean;
}

/** The job's variables (agent, `Variables.cs`): names without case; once secret, always secret; once read-only, always. */
export class VariableStore {
  readonly #variables = new Map<string, StoredVariable>();

  /** @returns a warning where the agent gives one */
  set(name: string, value: string, flags: { secret?: boolean; readOnly?: boolean } = {}): string | undefined {
    const key = name.toLowerCase();
    const before = this.#variables.get(key);
    this.#variables.set(key, {
      name: before?.name ?? name,
      value,
      secret: (flags.secret ?? false) || (before?.secret ?? false),
      readOnly: (flags.readOnly ?? false) || (before?.readOnly ?? false),
    });
    return before?.readOnly
      ? `Overwriting readonly variable '${name}'. This behavior will be disabled in the future.`
      : undefined;
  }

  get(name: string): string | undefined {
    return this.#variables.get(name.toLowerCase())?.value;
  }

  all(): StoredVariable[] {
    return [...this.#variables.values()];
  }

  /** `$(name)`; an undefined one stays as it is. */
  expand(text: string): string {
    return text.replace(/\$\(([^()]+)\)/g, (macro, name: string) => this.get(name) ?? macro);
  }
}

/** `Build.BuildId` in an environment is `BUILD_BUILDID`... of which only dots and spaces change, and the case. */
export function environmentName(name: string): string {
  return name.replace(/[. ]/g, '_').toUpperCase();
}
