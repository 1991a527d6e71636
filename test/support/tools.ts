import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { Context } from 'mocha';

/** The program of that name on the `PATH`; undefined where there is none. */
export function findTool(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

/**
 * Skips the test, or the whole suite from a hook, on a machine without these programs, and prints why.
 * @throws Error under `CI=true`, where `.ci/run` installs them
 */
export function skipWithout(context: Context, ...names: readonly string[]): void {
  const missing = names.filter((name) => findTool(name) === undefined);
  if (missing.length > 0) skipBecause(context, `${missing.join(', ')} is not installed`);
}

/** Skips like `skipWithout`, for another reason. @throws Error under `CI=true` */
export function skipBecause(context: Context, reason: string): never {
  if (process.env['CI'] === 'true') throw new Error(`${reason}; .ci/run provides it`);
  console.log(`      skipped: ${reason}`);
  context.skip();
}

/** The shells that are installed here, of these; all of them under `CI=true`. The first word is the program. */
export function shellsHere<T extends string>(...names: readonly T[]): T[] {
  if (process.env['CI'] === 'true') return [...names];
  const missing = names.filter((name) => findTool(name.split(' ')[0] ?? '') === undefined);
  if (missing.length > 0) console.log(`      left out, since not installed: ${missing.join(', ')}`);
  return names.filter((name) => !missing.includes(name));
}

/** A program that a test turned out to need is not installed. */
export class MissingTool extends Error {}

/** @throws MissingTool */
export function demandTool(name: string): void {
  if (findTool(name) === undefined) throw new MissingTool(`${name} is not installed`);
}

/** Runs a test, and skips it like `skipWithout` where it finds a program missing. */
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
