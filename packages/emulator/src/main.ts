#!/usr/bin/env node
import { readFile, writeFile } from 'node:fs/promises';
import { parseCommandLine, USAGE, UsageError } from './command-line.ts';
import { ShapeError } from './shape-error.ts';
import { type Emulator, startEmulator } from './start-emulator.ts';

const EXIT_USAGE = 2;
const EXIT_FAILURE = 1;

async function main(args: readonly string[]): Promise<void> {
  const command = parseCommandLine(args);
  if (command.help) {
    process.stdout.write(USAGE);
    return;
  }
  const configuration = command.configFile === undefined ? {} : await readJson(command.configFile);
  const emulator = await startEmulator(configuration, { ...command.options, defect: reportDefect });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(emulator));
  const { ready } = emulator;
  if (command.caFile !== undefined && ready.ca !== undefined) await writeFile(command.caFile, ready.ca);
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`The configuration cannot be read: ${error.message}`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ShapeError(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function stop(emulator: Emulator): Promise<void> {
  await emulator.stop();
  process.exit(0);
}

/** Prints only the error, never the request, which may contain secrets. */
function reportDefect(error: unknown): void {
  process.stderr.write(
    `aws-oidc-emulator: a bug in the emulator: ${error instanceof Error ? error.stack : 'unknown'}\n`,
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) {
    process.stderr.write(`aws-oidc-emulator: ${message}\n\n${USAGE}`);
    process.exit(EXIT_USAGE);
  }
  const where = error instanceof ShapeError ? 'The configuration is wrong: ' : '';
  process.stderr.write(`aws-oidc-emulator: ${where}${message}\n`);
  process.exit(EXIT_FAILURE);
});
