import path from 'node:path';
import { type OutputFile, processProfileFiles, profileOf, regionVariables } from '@aws-oidc-assume/shared';
import { STATE_SUFFIX } from '../publish/profile-folder.ts';
import { type JobContext, type JobMode, jobConflicts, plainVariable } from './job-mode.ts';
import { processCommand } from './process-command.ts';
import { emptyIsSet, profileVariables } from './profile.ts';

const variables = (context: JobContext) => [
  ...profileVariables(context, profileOf(context.sessions[0])),
  ...regionVariables(context.options).map(plainVariable),
];

function command({ folder, renewal: { node, platform, programs, id } }: JobContext) {
  const [program] = programs;
  const { join } = platform === 'win32' ? path.win32 : path.posix;
  const process = { node, script: join(folder, program.name), argument: join(folder, `${id}${STATE_SUFFIX}`) };
  return processCommand(process, platform, id);
}

function files(context: JobContext): OutputFile[] {
  const { renewal, sessions, options } = context;
  const { line, batch } = command(context);
  return [
    ...renewal.programs.map(({ name, read }) => ({ name, contents: read })),
    { name: `${renewal.id}${STATE_SUFFIX}`, contents: () => renewal.state },
    ...(batch === undefined ? [] : [{ name: batch.name, contents: () => batch.contents }]),
    ...processProfileFiles(sessions[0], options, line),
  ];
}

/**
 * `expose: credential-process`: a profile with credentials from a program next to it. AWS tools run it whenever they
 * need credentials, so a job can outlast any session. No credentials are left anywhere, but the state file contains the
 * job's access token.
 */
export const credentialProcess: JobMode<'credential-process'> = {
  name: 'credential-process',
  summary: 'an AWS profile that gets new credentials by itself',
  files,
  variables,
  conflicts: (context) => jobConflicts(variables(context), context),
  lines: () => [],
  warnings: (context) => [...emptyIsSet(context), ...command(context).warnings],
};
