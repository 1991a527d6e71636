import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { Haystack } from '../secret-watch.ts';

export interface FoundFile {
  /** Relative to the clone folder. */
  readonly path: string;
  /** Octal, e.g. `600`. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Content; the target of a link; undefined for folders. */
  readonly text: string | undefined;
  readonly kind: 'file' | 'folder' | 'link';
}

/** Contents of a clone folder, folders before their contents. Only `.git/info` of `.git` is included. */
export function filesBelow(clone: string, folder = clone): FoundFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): FoundFile[] => {
    const file = path.join(folder, entry.name);
    const relative = path.relative(clone, file);
    if (relative.startsWith('.git/') && !relative.startsWith('.git/info')) return [];
    const { mode, uid, gid } = lstatSync(file);
    const common = { path: relative, mode: (mode & 0o777).toString(8), uid, gid };
    if (entry.isSymbolicLink()) return [{ ...common, kind: 'link', text: readlinkSync(file) }];
    if (entry.isDirectory()) return [{ ...common, kind: 'folder', text: undefined }, ...filesBelow(clone, file)];
    return [{ ...common, kind: 'file', text: readFileSync(file, 'utf8') }];
  });
}

/** Files that may contain secrets: only private files of the private output folders. */
export function evidenceOfFiles(files: readonly FoundFile[], outputFolders: ReadonlySet<string>): Haystack[] {
  const privateFolders = new Set(
    files.filter(({ kind, mode }) => kind === 'folder' && mode === '700').map((file) => file.path),
  );
  const mayHold = ({ path: file, mode }: FoundFile) =>
    mode === '600' &&
    [...outputFolders].some((folder) => file.startsWith(`${folder}/`)) &&
    privateFolders.has(path.dirname(file));
  return files
    .filter((file) => !mayHold(file))
    .flatMap(({ path: file, mode, text }) => (text === undefined ? [] : [{ name: `file ${file} (${mode})`, text }]));
}
