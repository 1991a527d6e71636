import { win32 } from 'node:path';
import type { Environment } from '@aws-oidc-assume/shared';
import { ChildNotStarted, type ChildRun } from '../../context.ts';

/** A program for Node's `spawn`. */
export interface SpawnCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Whether to pass the arguments to Windows unchanged. */
  readonly windowsVerbatimArguments?: true;
}

/** Extensions that Windows starts if PATHEXT is not set. */
const DEFAULT_EXTENSIONS = '.COM;.EXE;.BAT;.CMD';

/**
 * Finds a command in PATH as a Windows shell does. Node itself finds only .exe and .com files, and refuses to start
 * batch files. `npx`, `cdk`, `az` and every other shim of npm would be missing.
 *
 * @param isFile whether the path is a file
 * @throws ChildNotStarted for arguments that no batch file can accept
 */
export function windowsCommand({ command, args, env }: ChildRun, isFile: (path: string) => boolean): SpawnCommand {
  const file = candidatesOf(command, env).find(isFile);
  if (file === undefined) return { command, args };
  if (!/\.(?:bat|cmd)$/i.test(file)) return { command: file, args };
  const line = [file, ...args].map(batchArgument).join(' ');
  return {
    command: variable(env, 'ComSpec') || 'cmd.exe',
    // Extensions on for batchArgument, delayed expansion (`!name!`) off, no AutoRun; /s removes only the outer quotes.
    args: ['/e:ON', '/v:OFF', '/d', '/s', '/c', `"${line}"`],
    windowsVerbatimArguments: true,
  };
}

/** Possible paths, best first. The current folder is searched only if the command names it. */
function candidatesOf(command: string, env: Environment): string[] {
  const extensions = (variable(env, 'PATHEXT') || DEFAULT_EXTENSIONS)
    .split(';')
    .filter((extension) => extension !== '');
  const hasExtension = extensions.some((extension) => command.toLowerCase().endsWith(extension.toLowerCase()));
  const names = [...(hasExtension ? [command] : []), ...extensions.map((extension) => `${command}${extension}`)];
  if (/[\\/:]/.test(command)) return names;
  const folders = variable(env, 'PATH')
    .split(';')
    .map((folder) => folder.replaceAll('"', ''))
    .filter((folder) => folder !== '');
  return folders.flatMap((folder) => names.map((name) => win32.join(folder, name)));
}

/**
 * Quotes an argument for a batch file, whose `%*` cmd.exe parses a second time. A quote is doubled rather than escaped
 * with a backslash, so both parses see the rest inside quotes. `%` becomes `%%cd:~,%`, in which an empty substring
 * keeps it from naming a variable. Rust's standard library quotes in the same way since CVE-2024-24576.
 */
function batchArgument(text: string): string {
  if (/[\r\n\0]/.test(text)) {
    throw new ChildNotStarted('EINVAL', 'a batch file cannot take an argument with a line break (EINVAL)');
  }
  const quoted = text.replace(
    /(\\*)("|$)/g,
    (_, backslashes: string, quote: string) => `${backslashes}${backslashes}${quote}${quote}`,
  );
  return `"${quoted.replaceAll('%', '%%cd:~,%')}"`;
}

/** Value of a variable; Windows ignores the case of its name. */
function variable(env: Environment, name: string): string {
  return Object.entries(env).find(([key]) => key.toUpperCase() === name.toUpperCase())?.[1] ?? '';
}
