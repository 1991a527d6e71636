import path from 'node:path';
import { type OptionProblem, Problem, parseBoolean, printable, refuseUndefinedVariable } from '@aws-oidc-assume/shared';
import type { Environment } from './variables.ts';

/** What only the pipe can be told. */
export interface Settings {
  /** `OUTPUT_DIR`: below the clone folder, relative to it or absolute. */
  readonly outputFolder: string;
  /** `EXPOSE_ONCE`: the environment file removes itself when it is read. */
  readonly once: boolean;
  readonly debug: boolean;
}

const DEFAULT_FOLDER = '.aws-oidc';

export function readSettings(env: Environment): { settings: Settings; problems: readonly OptionProblem[] } {
  const problems: OptionProblem[] = [];
  const read = <T>(option: string, parse: (text: string) => T, otherwise: T): T => {
    const text = env[option]?.trim() ?? '';
    if (text === '') return otherwise;
    try {
      refuseUndefinedVariable(text);
      return parse(text);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push({ option, message: error.message });
      return otherwise;
    }
  };
  const cloneFolder = env['BITBUCKET_CLONE_DIR'] || '/';
  const settings = {
    outputFolder: read('OUTPUT_DIR', (text) => parseFolder(text, cloneFolder), DEFAULT_FOLDER),
    once: read('EXPOSE_ONCE', parseBoolean, false),
    debug: read('DEBUG', parseBoolean, false),
  };
  return { settings, problems };
}

/**
 * Below the clone folder, since nothing else of the pipe's container outlives it; not the clone folder itself, which is
 * made private to its owner, nor git's.
 */
function parseFolder(text: string, cloneFolder: string): string {
  const is = `is "${printable(text, 200)}"`;
  const [variable] = /\$(?:\w+|[{(][^})]*[})])/.exec(text) ?? [];
  if (variable !== undefined)
    throw new Problem(`${is}; the variable ${printable(variable)} in it is not defined where this runs`);
  if (/\p{Cc}/u.test(text)) throw new Problem(`${is}, which holds control characters`);
  const [first = ''] = path.relative(cloneFolder, path.resolve(cloneFolder, text)).split(path.sep);
  if (first === '' || first === '..') throw new Problem(`${is}, not a folder below the clone folder`);
  if (first === '.git') throw new Problem(`${is}, which belongs to git`);
  return text;
}
