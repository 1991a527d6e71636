import { join } from 'node:path';
import { plain } from '../cli/print.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { CliContext } from '../context.ts';
import type { SetupFile } from './setup.ts';

/**
 * Writes new files below a folder, which it creates if needed. No file is overwritten: if one exists, nothing is written.
 *
 * @throws UsageError naming the existing files, or the file that cannot be written
 */
export async function writeFiles(folder: string, files: readonly SetupFile[], context: CliContext): Promise<void> {
  const targets = files.map((file) => ({ ...file, target: join(folder, file.path) }));
  const existing: string[] = [];
  for (const { target } of targets) if (await context.exists(target)) existing.push(target);
  if (existing.length > 0) {
    const [verb, object] = existing.length === 1 ? ['exists', 'it'] : ['exist', 'them'];
    throw new UsageError(
      `${existing.map((path) => plain(path, 300)).join(', ')} already ${verb}. Move ${object} away, or choose another folder with --output.`,
    );
  }
  for (const { target, text, isProgram } of targets) {
    try {
      await context.writeNewFile(target, text, isProgram === true ? 0o755 : 0o644);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      throw new UsageError(`${plain(target, 300)} could not be written: ${code}.`);
    }
  }
}
