/** Wrong usage: exit status 2. Its message names the mistake and the correction. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
