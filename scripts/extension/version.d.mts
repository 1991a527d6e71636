interface Stamped {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly task: Readonly<Record<string, unknown>>;
}

export function stamped(version: string, files: Stamped): Stamped;
