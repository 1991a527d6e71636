import path from 'node:path';

/**
 * Quotes any value as one word of a POSIX shell. Single quotes take everything except themselves literally
 * (POSIX.1-2017, 2.2.2).
 *
 * @throws RangeError for NUL, which no shell variable can contain
 */
export function shellWord(value: string): string {
  if (value.includes('\0')) throw new RangeError('a shell word cannot hold NUL');
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/**
 * Line with which a shell reads the file, with a short path if the shell is in a folder above it.
 *
 * @param workingFolder of the shell
 */
export function sourceLine(file: string, workingFolder?: string): string {
  const relative = workingFolder === undefined ? '' : path.relative(workingFolder, file);
  const shortPath = relative === '' || relative.startsWith('..') ? file : `./${relative}`;
  return `. ${/^[\w./-]+$/.test(shortPath) ? shortPath : shellWord(shortPath)}`;
}
