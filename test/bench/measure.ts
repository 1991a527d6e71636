/** Measures times of whole processes in turns. */
import { spawn } from 'node:child_process';

/** Program whose time is measured. */
export interface Subject {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Prepares each run. Its time does not count. */
  prepare?(): void;
}

/** Milliseconds of each round. */
export interface Row {
  readonly name: string;
  readonly times: readonly number[];
}

/**
 * Runs each subject once per round, so that slower minutes of the machine affect all equally. The first round only
 * warms up the file system's cache.
 *
 * @param folder working folder of the processes
 */
export async function timesOf(subjects: readonly Subject[], rounds: number, folder: string): Promise<Row[]> {
  const rows = subjects.map(({ name }) => ({ name, times: [] as number[] }));
  for (let round = -1; round < rounds; round++) {
    for (const [index, subject] of subjects.entries()) {
      subject.prepare?.();
      const time = await timeOf(subject, folder);
      if (round >= 0) rows[index]?.times.push(time);
    }
  }
  return rows;
}

/** @throws Error if the program fails: a failure has no time to compare */
function timeOf({ name, command: [file = '', ...args], env }: Subject, cwd: string): Promise<number> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.once('error', reject);
    child.once('close', (status) => {
      if (status === 0 && !output.includes('result=Failed')) resolve(performance.now() - start);
      else reject(new Error(`${name} failed:\n${output.slice(-2000)}`));
    });
  });
}

/** Returns the value that exceeds this share of the values. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** Ratios of each round, so that every run is compared with its neighbour in time. */
export function ratiosOf(row: Row, base: Row): number[] {
  return row.times.map((time, round) => time / (base.times[round] ?? Number.NaN));
}
