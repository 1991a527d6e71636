import { createRequire } from 'node:module';

const { TaskCommand } = createRequire(import.meta.url)('azure-pipelines-task-lib/taskcommand') as {
  TaskCommand: new (name: string, properties: Readonly<Record<string, string>>, data: string) => { toString(): string };
};

/** A command as Microsoft's library writes it. */
export function escaped(name: string, properties: Readonly<Record<string, string>>, data: string): string {
  return new TaskCommand(name, properties, data).toString();
}
