/** First screen of a run. */
export interface FirstScreen {
  /** Whether the run passed. */
  readonly passed: boolean;
  /** Lines before the failure. */
  readonly before: readonly string[];
  /** Lines of the failure, the details last, without marks of the log viewer. */
  readonly lines: readonly string[];
  /** Lines without the details. */
  readonly folded: number;
  /** Whole log. */
  readonly log: readonly string[];
}

/** Lines that may come before a failure: attempts that failed, and warnings. */
export const ANNOUNCEMENT = /^(?:Token request: )?try \d of \d failed|^⚠ |^##\[warning\]/i;

/** Reads the log of the pipe: the failure begins with its mark, and the details follow a heading. */
export function screenOfPipe(exitCode: number | null, stdout: string, stderr: string): FirstScreen {
  const before = linesOf(stdout);
  const report = linesOf(stderr);
  const begin = report.findIndex((line) => line.startsWith('✖ '));
  const lines = begin < 0 ? [] : report.slice(begin);
  const details = lines.indexOf('Details:');
  return {
    passed: exitCode === 0,
    before: [...before, ...report.slice(0, Math.max(begin, 0))],
    lines: [lines[0]?.slice(2) ?? '', ...lines.slice(1)],
    folded: details < 0 ? lines.length : details,
    log: [...before, ...report],
  };
}

/** Reads the log of the task: the failure begins with its error, and the details are a group. */
export function screenOfTask(passed: boolean, log: readonly string[]): FirstScreen {
  const printed = log.filter((line) => line !== '');
  const begin = printed.findIndex((line) => line.startsWith('##[error]'));
  const lines = begin < 0 ? [] : printed.slice(begin).filter((line) => line !== '##[endgroup]');
  const details = lines.indexOf('##[group]Details');
  return {
    passed,
    before: begin < 0 ? printed : printed.slice(0, begin),
    lines: lines.map((line) => line.replace(/^##\[error\]/, '')),
    folded: details < 0 ? lines.length : details,
    log: printed,
  };
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
