import { grouped } from './plot.ts';
import type { Course } from './simulation.ts';

const BEGIN = '<!-- begin: written by test/scale -->';
const END = '<!-- end: written by test/scale -->';

/** A row for each course: calls, failures, and times at which jobs got their credentials. */
export function table(courses: readonly Course[]): string {
  const rows = courses.map(({ client, crowd, calls, servedAt, failures }) =>
    [
      crowd.perSecond,
      client.name,
      grouped(calls.length),
      (calls.length / servedAt.length).toFixed(1),
      grouped(failures),
      seconds(servedAt[Math.floor(servedAt.length / 2)]),
      seconds(servedAt[Math.floor(servedAt.length * 0.99)]),
      seconds(servedAt.at(-1)),
    ].join(' | '),
  );
  return [
    '| STS admits, a second | client | calls | calls for each job served | jobs that failed | half served after | 99 % after | last after |',
    '| --: | :-- | --: | --: | --: | --: | --: | --: |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

function seconds(milliseconds = 0): string {
  return `${Math.round(milliseconds / 1000)} s`;
}

/**
 * Returns the page with its table replaced.
 *
 * @throws if it has no place for one
 */
export function withTable(page: string, text: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the page has no "${BEGIN}" and "${END}"`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${text}\n\n${page.slice(end)}`;
}
