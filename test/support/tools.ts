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

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
