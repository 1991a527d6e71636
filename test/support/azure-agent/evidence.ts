/** Places in which a step must not leave a secret. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Haystack } from '../secret-watch.ts';
import type { AgentFolders } from './agent-folders.ts';
import { parseCommand } from './command.ts';
import type { ScriptStep, StepResult } from './step.ts';

/** Commands for secrets, which the agent reads and does not show. */
const COMMANDS_FOR_SECRETS = new Set(['task.setsecret', 'task.setvariable', 'task.settaskvariable']);

/** Variables that give credentials to later steps, with any prefix. */
const CREDENTIAL_VARIABLES = /(?:^|_)AWS_(?:SECRET_ACCESS_KEY|SESSION_TOKEN)$/;

export function evidenceOfTask(result: StepResult): Haystack[] {
  return [...evidenceOfStep(result), { name: 'output besides commands', text: withoutSecretCommands(result.raw) }];
}

/** Environment of a later script. It may contain credentials and the secrets that it maps, but no others. */
export function evidenceOfScript(result: StepResult, step: ScriptStep): Haystack[] {
  const mapped = new Set(Object.keys(step.env ?? {}));
  const others = Object.entries(result.environment).filter(
    ([name]) => !mapped.has(name) && !CREDENTIAL_VARIABLES.test(name),
  );
  return [
    ...evidenceOfStep(result),
    ...others.map(([name, text]) => ({ name: `${name} in the environment of a later step`, text })),
    ...(step.mayPrintSecrets ? [] : [{ name: 'output besides commands', text: withoutSecretCommands(result.raw) }]),
  ];
}

/** Files of the agent. Only private files of `Agent.TempDirectory` may contain secrets. */
export function evidenceOfFiles({ root, temp, home }: AgentFolders): Haystack[] {
  // The AWS CLI stores a role's credentials there.
  const mayHold = [temp, path.join(home, '.aws', 'cli', 'cache')];
  return filesBelow(root).flatMap((file) => {
    const mode = lstatSync(file).mode & 0o777;
    const isPrivate = (mode & 0o077) === 0 && mayHold.some((folder) => file.startsWith(folder + path.sep));
    if (isPrivate) return [];
    return [{ name: `file ${path.relative(root, file)} (${mode.toString(8)})`, text: readFileSync(file) }];
  });
}

function evidenceOfStep(result: StepResult): Haystack[] {
  return [
    { name: 'the log', text: result.log.join('\n') },
    { name: 'the log with System.Debug', text: result.debugLog.join('\n') },
    { name: 'arguments', text: result.argv.join('\n') },
    { name: 'outputs of the step', text: JSON.stringify(result.outputs) },
    ...result.attachments.map(({ name, content }) => ({ name: `attachment ${name}`, text: content })),
  ];
}

/** Removes the data of commands for secrets. */
function withoutSecretCommands(raw: string): string {
  return raw
    .split(/\r\n|\r|\n/)
    .map((line) => {
      const command = parseCommand(line);
      if (command === undefined || command === 'malformed') return line;
      const isForSecrets = COMMANDS_FOR_SECRETS.has(`${command.area}.${command.event}`);
      return isForSecrets ? line.slice(0, line.indexOf(']', line.indexOf('##vso['))) : line;
    })
    .join('\n');
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
