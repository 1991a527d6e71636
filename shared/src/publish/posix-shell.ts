import path from 'node:path';

/**
 * A value as one word of a POSIX shell, whatever it holds: single quotes take everything but themselves literally
 * (POSIX.1-2017, 2.2.2). @throws RangeError for NUL, which no shell variable can hold
 */
export function shellWord(value: string): string {
  if (value.includes('\0')) throw new RangeError('a shell word cannot hold NUL');
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/**
 * The line by which a shell reads the file, short where the shell is in a folder above it.
 * @param workingFolder of the shell
 */
export function sourceLine(file: string, workingFolder?: string): string {
  const relative = workingFolder === undefined ? '' : path.relative(workingFolder, file);
  const shown = relative === '' || relative.startsWith('..') ? file : `./${relative}`;
  return `. ${/^[\w./-]+$/.test(shown) ? shown : shellWord(shown)}`;
}
