/** A problem with one field. */
export interface ScopeProblem {
  readonly field: string;
  /** Continues a sentence that begins with the field. */
  readonly reason: string;
}

/** Error for input from which no policy or template can be written. Names all problems at once. */
export class ScopeError extends Error {
  readonly problems: readonly ScopeProblem[];

  /** @param consequence beginning of the message, e.g. `No trust policy can be written` */
  constructor(consequence: string, problems: readonly ScopeProblem[]) {
    super(`${consequence}: ${problems.map(({ field, reason }) => `${field} ${reason}`).join('; ')}.`);
    this.name = 'ScopeError';
    this.problems = problems;
  }
}
