import { type FailureReport, type Log, printable, type Secret } from '@aws-oidc-assume/shared';

/** Output of a pipe. */
export interface PipeOutput {
  out(line: string): void;
  err(line: string): void;
  readonly isDebug: boolean;
  /** Whether causes of failures are red, and warnings yellow. */
  readonly hasColours: boolean;
}

/** Parameters of SGR control sequences (ECMA-48, 8.3.117). */
const RED = 31;
const YELLOW = 33;

/**
 * The log of a pipe: plain lines, failures on standard error. Bitbucket has no command to mask a value, so this log replaces
 * masked values in everything that this program prints. Every text becomes one line without control characters. A colour
 * begins after the first word of a line, so that `✖ CODE:` and `Fix:` can be found in raw logs.
 */
export class PipeLog implements Log {
  readonly #output: PipeOutput;
  readonly #masked: string[] = [];

  constructor(output: PipeOutput) {
    this.#output = output;
  }

  info(text: string): void {
    this.#output.out(this.#clean(text));
  }

  warning(text: string): void {
    this.#output.out(`⚠ ${this.#coloured(YELLOW, text)}`);
  }

  /** Prints the report of a failure: the cause first, then the fix. */
  failure({ headline, fix, facts, details }: FailureReport): void {
    const causeStart = headline.indexOf(': ') + 2;
    this.#output.err(`✖ ${headline.slice(0, causeStart)}${this.#coloured(RED, headline.slice(causeStart))}`);
    const rest = details.length === 0 ? facts : [...facts, 'Details:', ...details.map((line) => `  ${line}`)];
    for (const line of [...fix, ...rest]) this.#output.err(this.#clean(line));
  }

  debug(text: string): void {
    if (this.#output.isDebug) this.#output.out(this.#clean(`DEBUG: ${text}`));
  }

  mask(secret: Secret): void {
    this.#masked.push(secret.reveal());
  }

  #coloured(colour: number, text: string): string {
    const line = this.#clean(text);
    return this.#output.hasColours ? `\u001b[${colour}m${line}\u001b[0m` : line;
  }

  #clean(text: string): string {
    const line = printable(text, Number.POSITIVE_INFINITY);
    return this.#masked.reduce((rest, secret) => rest.replaceAll(secret, '***'), line);
  }
}
