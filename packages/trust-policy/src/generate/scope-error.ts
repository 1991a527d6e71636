export interface ScopeProblem {
  readonly field: string;
  /** Continues a sentence that begins with the field. */
  readonly reason: string;
}

/** Input from which no policy or template can be written. Names all problems at once. */
export class ScopeError extends Error {
  readonly problems: readonly ScopeProblem[];

  constructor(what: string, problems: readonly ScopeProblem[]) {
    super(`${what}: ${problems.map(({ field, reason }) => `${field} ${reason}`).join('; ')}.`);
    this.name = 'ScopeError';
    this.problems = problems;
  }
}
