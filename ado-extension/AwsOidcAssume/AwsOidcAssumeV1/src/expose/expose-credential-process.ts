import path from 'node:path';
import { configHeader, regionVariables, withSection } from '@aws-oidc-assume/shared';
import { STATE_FILE } from '../publish/profile-folder.ts';
import { changed, profileOf, profileVariables } from './expose-profile.ts';
import { clearedBeside, type Exposure, plain, type ToExpose } from './exposure.ts';
import { isReadAlike, processCommand } from './process-command.ts';

/**
 * `expose: credential-process`: a profile whose credentials come from a program left beside it. AWS tools run it whenever
 * they need credentials, so that a job can outlast any session. No credentials are left anywhere, but the state file
 * holds the access token of the job.
 */
export function exposeCredentialProcess(what: ToExpose): Exposure {
  const { sessions, options, folder } = what;
  const renewal = what.renewal();
  const profile = profileOf(sessions[0]);
  const [program] = renewal.programs;
  const state = path.join(folder.path, `${renewal.id}${STATE_FILE}`);
  const command = processCommand([renewal.node, path.join(folder.path, program.name), state], renewal.platform);
  const variables = [...profileVariables(what, profile), ...regionVariables(options).map(plain)];
  return {
    files: [
      ...renewal.programs.map(({ name, read }) => ({ file: path.join(folder.path, name), contents: read })),
      { file: state, contents: () => renewal.state },
      changed(folder.config, (text) =>
        withSection(text, configHeader(profile), { region: options.region, credential_process: command }),
      ),
      // Keys of that name from an earlier step would win over the program.
      changed(folder.credentials, (text) => withSection(text, profile, {})),
    ],
    variables,
    clears: clearedBeside(variables, what),
    lines: [
      `Written profile ${profile} to ${folder.config}: AWS tools get new credentials by themselves, for as long as the job runs.`,
    ],
    warnings: isReadAlike(command, renewal.platform)
      ? []
      : [
          `The path ${folder.path} holds signs other than ASCII: the AWS CLI on Windows may misread it, and then find no program. The SDK for JavaScript reads it well.`,
        ],
  };
}
