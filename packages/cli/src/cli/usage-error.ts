/** Wrong usage: exit status 2. Its message names what is wrong and what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
