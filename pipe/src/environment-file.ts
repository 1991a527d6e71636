import path from 'node:path';
import {
  awsEnvironment,
  CONFLICTING_VARIABLES,
  type Options,
  type Owner,
  privateFile,
  revealed,
  type Session,
  shellWord,
} from '@aws-oidc-assume/shared';

const FIRST_LINE = '# Written by AWS OIDC Assume. Read it with:';

/**
 * `EXPOSE=environment`: a file for the next line of the step, `. ./.aws-oidc/env`, understood by every POSIX shell.
 * @returns the file's name
 * @throws Failure `CannotPublish`
 */
export async function writeEnvironmentFile(
  folder: string,
  session: Session,
  options: Options,
  owner: Owner | undefined,
): Promise<string> {
  const file = path.join(folder, 'env');
  await privateFile(file, environmentFileText(session, options, sourceLine(file)), owner, (present) =>
    present.startsWith(FIRST_LINE),
  );
  return file;
}

/** Single quotes around every value: nothing in it is expanded, whatever it holds. */
export function environmentFileText(session: Session, options: Options, how: string): string {
  const conflicting = options.variablePrefix === '' ? [`unset ${CONFLICTING_VARIABLES.join(' ')}`] : [];
  return [
    `${FIRST_LINE} ${how}`,
    ...conflicting,
    ...awsEnvironment(session, options).map(({ name, value }) => `export ${name}=${shellWord(revealed(value))}`),
    '',
  ].join('\n');
}

/** The line that reads the file, from the clone folder where that is shorter. */
export function sourceLine(file: string, cloneFolder?: string): string {
  const relative = cloneFolder === undefined ? '' : path.relative(cloneFolder, file);
  const shown = relative === '' || relative.startsWith('..') ? file : `./${relative}`;
  return `. ${/^[\w./-]+$/.test(shown) ? shown : shellWord(shown)}`;
}
