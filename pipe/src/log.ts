import { type Log, printable, type Secret } from '@aws-oidc-assume/shared';

/**
 * The log of a pipe: plain lines, failures on standard error. Bitbucket has no command to mask a value, so that what
 * is to be masked is replaced here, in all that this program prints. Every text is one line without control characters,
 * wherever it came from.
 */
export class PipeLog implements Log {
  readonly #out: (line: string) => void;
  readonly #err: (line: string) => void;
  readonly #debug: boolean;
  readonly #masked: string[] = [];

  constructor(out: (line: string) => void, err: (line: string) => void, debug: boolean) {
    this.#out = out;
    this.#err = err;
    this.#debug = debug;
  }

  info(text: string): void {
    this.#out(this.#clean(text));
  }

  warning(text: string): void {
    this.#out(this.#clean(`⚠ ${text}`));
  }

  error(text: string): void {
    this.#err(this.#clean(text));
  }

  debug(text: string): void {
    if (this.#debug) this.#out(this.#clean(`DEBUG: ${text}`));
  }

  group(title: string, lines: readonly string[]): void {
    this.info(title);
    for (const line of lines) this.info(`  ${line}`);
  }

  mask(secret: Secret): void {
    this.#masked.push(secret.reveal());
  }

  #clean(text: string): string {
    const line = printable(text, Number.POSITIVE_INFINITY);
    return this.#masked.reduce((rest, secret) => rest.replaceAll(secret, '***'), line);
  }
}
