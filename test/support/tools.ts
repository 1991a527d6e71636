import { accessSync, appendFileSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { Context } from 'mocha';

/** Path of the program on the `PATH`; undefined if it is missing. */
export function findTool(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

/**
 * Skips the test, or the whole suite from a hook, on a machine without these programs, and prints the reason.
 *
 * @throws Error under `CI=true`, because `.ci/run` installs them
 */
export function skipWithout(context: Context, ...names: readonly string[]): void {
  const missing = names.filter((name) => findTool(name) === undefined);
  if (missing.length > 0) skipBecause(context, `${missing.join(', ')} is not installed`);
}

/** Skips like `skipWithout`, for another reason. @throws Error under `CI=true` */
export function skipBecause(context: Context, reason: string): never {
  if (isCi(process.env['CI'])) throw new Error(`${reason}; .ci/run provides it`);
  skipEvenInCi(context, reason);
}

/** Skips the test, or the whole suite from a hook, and prints the reason. For tools that not every system offers. */
export function skipEvenInCi(context: Context, reason: string): never {
  printSkip(reason);
  context.skip();
}

/** Prints the reason for a skipped test, and passes it to `scripts/test.mjs`, which repeats the reasons at the end. */
export function printSkip(reason: string): void {
  console.log(`      skipped: ${reason}`);
  const file = process.env['TEST_TOTALS'];
  if (file) appendFileSync(file, `${JSON.stringify({ reason })}\n`);
}

/** Whether CI is set. A user may unset it as `false` or empty. */
export function isCi(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value.toLowerCase());
}

/** Returns the shells that are installed here; all of them under `CI=true`. The first word is the program. */
export function shellsHere<T extends string>(...names: readonly T[]): T[] {
  if (isCi(process.env['CI'])) return [...names];
  const missing = names.filter((name) => findTool(name.split(' ')[0] ?? '') === undefined);
  if (missing.length > 0) printSkip(`${missing.join(', ')} is not installed`);
  return names.filter((name) => !missing.includes(name));
}

/** Error for a program that a test needs and that is not installed. */
export class MissingTool extends Error {}

/** @throws MissingTool */
export function demandTool(name: string): void {
  if (findTool(name) === undefined) throw new MissingTool(`${name} is not installed`);
}

/** Runs a test. Skips it like `skipWithout` if a program is missing. */
export async function unlessMissing<T>(context: Context, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof MissingTool) skipBecause(context, error.message);
    throw error;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
