import type { Fault, Observed } from './fault.ts';

const BEGIN = '<!-- begin: written by test/faults -->';
const END = '<!-- end: written by test/faults -->';

const WHERE = { bundle: 'pipe', image: 'pipe, image', task: 'task' };

/** Columns of a fault in the table, except its duration. */
export function rowOf({ name, where, outcome, calls }: Fault): string {
  return `| ${name} | ${WHERE[where]} | ${outcome} | ${calls} |`;
}

export function table(results: readonly { fault: Fault; observed: Observed }[]): string {
  const rows = results.map(
    ({ fault, observed }) =>
      `${rowOf(fault)} ${(observed.milliseconds / 1000).toFixed(1)} s | ${observed.secretsFound} |`,
  );
  return [
    '| fault | where | outcome | calls to STS | time | secrets found |',
    '| :-- | :-- | :-- | --: | --: | --: |',
    ...rows,
  ].join('\n');
}

/** Rows of the page without times, because times differ between machines and are not compared. */
export function rowsIn(page: string): string[] {
  return between(page)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) => `${line.split(' | ').slice(0, 4).join(' | ')} |`);
}

/**
 * Returns the page with its table replaced.
 *
 * @throws if it has no place for one
 */
export function withTable(page: string, text: string): string {
  const { begin, end } = placeIn(page);
  return `${page.slice(0, begin)}\n\n${text}\n\n${page.slice(end)}`;
}

function between(page: string): string {
  const { begin, end } = placeIn(page);
  return page.slice(begin, end);
}

function placeIn(page: string): { begin: number; end: number } {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the page has no "${BEGIN}" and "${END}"`);
  return { begin: begin + BEGIN.length, end };
}
