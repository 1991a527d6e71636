/** Worst last, as the agent numbers them. */
const RESULTS = ['Succeeded', 'SucceededWithIssues', 'Failed', 'Canceled', 'Skipped'] as const;

export type Result = (typeof RESULTS)[number];

/** .NET's `Enum.TryParse`: by name, case and all, or by number. */
export function parseResult(text: string | undefined): Result | undefined {
  return RESULTS.find((result, number) => text === result || text === String(number));
}

/** The worse of both; what was cancelled or skipped stays so (agent, `TaskResultUtil.cs`). */
export function mergeResults(current: Result | undefined, coming: Result): Result {
  if (current === undefined) return coming;
  const [before, after] = [RESULTS.indexOf(current), RESULTS.indexOf(coming)];
  if (before > RESULTS.indexOf('Failed')) return current;
  return after >= before ? coming : current;
}
