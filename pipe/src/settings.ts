import path from 'node:path';
import {
  type Environment,
  type OptionProblem,
  OptionReader,
  Problem,
  parseBoolean,
  printable,
} from '@aws-oidc-assume/shared';

/** Options that only the pipe has. */
export interface Settings {
  /** Folder below the clone folder, relative to it or absolute. */
  readonly outputFolder: string;
  /** Whether the environment file removes itself when it is read. */
  readonly once: boolean;
  readonly debug: boolean;
}

/** Variables of the settings. */
export const SETTING_VARIABLES = {
  once: 'EXPOSE_ONCE',
  outputFolder: 'OUTPUT_DIR',
  debug: 'DEBUG',
} as const satisfies Readonly<Record<keyof Settings, string>>;

export const DEFAULT_FOLDER = '.aws-oidc';

export function readSettings(env: Environment): { settings: Settings; problems: readonly OptionProblem[] } {
  const raw = (name: string) => ({ name, value: env[name] });
  const { once, outputFolder, debug } = SETTING_VARIABLES;
  const reader = new OptionReader({ once: raw(once), outputFolder: raw(outputFolder), debug: raw(debug) });
  const cloneFolder = env['BITBUCKET_CLONE_DIR'] || '/';
  const settings = {
    outputFolder: reader.one('outputFolder', (text) => parseFolder(text, cloneFolder)) ?? DEFAULT_FOLDER,
    once: reader.one('once', parseBoolean) ?? false,
    debug: reader.one('debug', parseBoolean) ?? false,
  };
  return { settings, problems: reader.problems };
}

/**
 * Parses a folder below the clone folder, because nothing else in the pipe's container outlives it. The clone folder
 * itself is refused because the folder is made private to its owner; `.git` is refused because it belongs to git.
 */
function parseFolder(text: string, cloneFolder: string): string {
  const is = `is "${printable(text, 200)}"`;
  const [variable] = /\$(?:\w+|[{(][^})]*[})])/.exec(text) ?? [];
  if (variable !== undefined)
    throw new Problem(
      `${is}: the variable ${printable(variable)} in it isn't defined here`,
      'Define the variable for this step, or write the folder itself.',
    );
  if (/\p{Cc}/u.test(text)) throw new Problem(`${is}, which contains control characters`);
  const steps = path.relative(cloneFolder, path.resolve(cloneFolder, text)).split(path.sep);
  const [first = ''] = steps;
  if (first === '' || first === '..') throw new Problem(`${is}, not a folder below the clone folder`);
  if (steps.some((step) => step.toLowerCase() === '.git')) throw new Problem(`${is}, which belongs to git`);
  return text;
}
