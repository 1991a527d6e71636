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
  /** Undefined for folders; the target of a link. */
  readonly text: string | undefined;
  readonly kind: 'file' | 'folder' | 'link';
}

/** All that lies in a clone folder, folders before what is in them; `.git` left out but for `.git/info`. */
export function filesBelow(clone: string, folder = clone): FoundFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): FoundFile[] => {
    const file = path.join(folder, entry.name);
    const relative = path.relative(clone, file);
    if (relative.startsWith('.git/') && !relative.startsWith('.git/info')) return [];
    const { mode, uid, gid } = lstatSync(file);
    const found = { path: relative, mode: (mode & 0o777).toString(8), uid, gid };
    if (entry.isSymbolicLink()) return [{ ...found, kind: 'link', text: readlinkSync(file) }];
    if (entry.isDirectory()) return [{ ...found, kind: 'folder', text: undefined }, ...filesBelow(clone, file)];
    return [{ ...found, kind: 'file', text: readFileSync(file, 'utf8') }];
  });
}

/** Files of the output folders that are private, in a folder that is, may hold secrets; no other file. */
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
