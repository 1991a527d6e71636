import { Failure } from '../core/failure.ts';

/** Returns the failure for a reason that prevents publishing the credentials. */
export function cannotPublish(message: string, change: string): Failure {
  return new Failure('CannotPublish', `${message}.`, { changes: [change] });
}

/** Returns the refusal of a file that this program did not write. */
export function foreignFile(file: string): Failure {
  return cannotPublish(
    `${file} exists and was not written by AWS OIDC Assume`,
    'Remove or rename it, or choose another output folder.',
  );
}

/** Runs a file operation and names the file in its failure. */
export async function attempt<T>(problem: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw cannotPublish(`${problem}: ${reasonOf(error)}`, changeFor(error));
  }
}

/** Node's error code, such as `ENOENT`; undefined for a failure of this program. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof Failure) return undefined;
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Reason of a failed file operation without its path, which the message already names. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code !== undefined) return REASONS[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied (EACCES)',
  EPERM: 'not permitted (EPERM)',
  EROFS: 'the file system is read-only (EROFS)',
  ENOSPC: 'no space left (ENOSPC)',
  EDQUOT: 'the disk quota is used up (EDQUOT)',
  ENOENT: 'it or a folder above it does not exist (ENOENT)',
  EBUSY: 'another program has it open (EBUSY)',
};

function changeFor(error: unknown): string {
  const code = codeOf(error);
  // Windows reports any of these for a file that another program has open.
  if (process.platform === 'win32' && /^(?:EBUSY|EPERM|EACCES)$/.test(code ?? ''))
    return 'End the program that may have the file open (a virus scanner, an editor), and run this again.';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'Make room on the disk of the build.';
    case 'EPERM':
      return 'Run this as the user who owns the folder, or choose another output folder.';
    case 'EROFS':
    case 'EACCES':
      return 'Make the folder writable for the user this runs as, or choose another output folder.';
    case 'EBUSY':
      return 'End the program that has the file open, and run this again.';
    default:
      return 'Check the output folder.';
  }
}
