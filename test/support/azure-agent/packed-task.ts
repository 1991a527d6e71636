import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackVsix } from './vsix.ts';

const DIST = fileURLToPath(new URL('../../../ado-extension/dist/', import.meta.url));

/**
 * Path of the extension from `pnpm build`.
 *
 * @throws Error if it does not exist
 */
export function packedExtension(): string {
  const vsix = readdirSync(DIST).find((name) => name.endsWith('.vsix'));
  if (vsix === undefined) throw new Error(`there is no vsix in ${DIST}`);
  return path.join(DIST, vsix);
}

/** Unpacks the task of that extension into a separate folder. */
export interface UnpackedTask {
  /** Folder of its task.json. */
  readonly folder: string;
  remove(): void;
}

export function unpackTask(): UnpackedTask {
  const extension = mkdtempSync(path.join(tmpdir(), 'vsix-'));
  unpackVsix(packedExtension(), extension);
  return {
    folder: path.join(extension, 'AwsOidcAssume/AwsOidcAssumeV1'),
    remove: () => rmSync(extension, { recursive: true, force: true }),
  };
}
