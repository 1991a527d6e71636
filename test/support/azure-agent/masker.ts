/** Replaces secrets in what a user sees: the value itself and what the agent's encoders make of it. */
export class Masker {
  readonly #values = new Set<string>();

  add(secret: string): void {
    if (secret === '') return;
    for (const form of [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      secret.replaceAll('\\', '\\\\'),
    ]) {
      this.#values.add(form);
    }
  }

  mask(text: string): string {
    return [...this.#values]
      .sort((a, b) => b.length - a.length)
      .reduce((rest, value) => rest.replaceAll(value, '***'), text);
  }
}
