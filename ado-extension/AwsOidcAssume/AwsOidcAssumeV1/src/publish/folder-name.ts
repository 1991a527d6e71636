import path from 'node:path';

const FOLDER = 'aws-oidc-assume';

/** Name of the folder for profiles, a separate one for each prefix. */
export function folderName(prefix: string): string {
  return prefix === '' ? FOLDER : `${FOLDER}-${prefix}`;
}

/** Guards removal: true only for folders that this task makes. */
export function isProfileFolder(folder: string, tempDirectory: string): boolean {
  const isOurs = /^aws-oidc-assume(?:-\w{1,64})?$/.test(path.basename(folder));
  return isOurs && path.dirname(path.resolve(folder)) === path.resolve(tempDirectory);
}
