/** Tables of docs/performance.md. */
import { quantile, type Row, ratiosOf } from './measure.ts';

/** Returns a Markdown table. The first column is text, the others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** Median and middle half of the times, and of the ratios to the row that each is compared with. */
export function timeTable(
  rows: readonly Row[],
  label: string,
  baseOf: (row: Row) => Row | undefined = () => rows[0],
): string {
  const spread = (values: readonly number[], digits: number) =>
    `${quantile(values, 0.25).toFixed(digits)}–${quantile(values, 0.75).toFixed(digits)}`;
  return table(
    ['whole process', 'median ms', 'middle half', label, 'middle half'],
    rows.map((row) => {
      const base = baseOf(row);
      const ratios = base === undefined ? [] : ratiosOf(row, base);
      return [
        row.name,
        quantile(row.times, 0.5).toFixed(0),
        spread(row.times, 0),
        ratios.length === 0 ? '' : quantile(ratios, 0.5).toFixed(2),
        ratios.length === 0 ? '' : spread(ratios, 2),
      ];
    }),
  );
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
