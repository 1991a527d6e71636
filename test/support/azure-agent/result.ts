/** Results in the agent's order, from best to worst. */
const RESULTS = ['Succeeded', 'SucceededWithIssues', 'Failed', 'Canceled', 'Skipped'] as const;

export type Result = (typeof RESULTS)[number];

/** Parses a result like .NET's `Enum.TryParse`: by exact name or by number. */
export function parseResult(text: string | undefined): Result | undefined {
  return RESULTS.find((result, number) => text === result || text === String(number));
}

/** Returns the worse result. Cancelled and skipped stay (agent, `TaskResultUtil.cs`). */
export function mergeResults(current: Result | undefined, coming: Result): Result {
  if (current === undefined) return coming;
  const [before, after] = [RESULTS.indexOf(current), RESULTS.indexOf(coming)];
  if (before > RESULTS.indexOf('Failed')) return current;
  return after >= before ? coming : current;
}
