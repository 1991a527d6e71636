import {
  configHeader,
  credentialsSection,
  type Options,
  type PrivateFile,
  regionVariables,
  type Session,
  withSection,
} from '@aws-oidc-assume/shared';
import type { ProfileFolder } from '../publish/profile-folder.ts';
import {
  clearedBeside,
  type Exposure,
  type JobVariable,
  plain,
  profileVariablesIn,
  type ToExpose,
} from './exposure.ts';

/** `expose: profile`: AWS `config` and `credentials` files in the temporary directory, one profile for each role. */
export function exposeProfile(what: ToExpose): Exposure {
  const { sessions, options, folder } = what;
  const names = sessions.map(profileOf);
  const variables = [...profileVariables(what, profileOf(sessions[0])), ...regionVariables(options).map(plain)];
  return {
    files: profileFiles(sessions, options, folder),
    variables,
    clears: clearedBeside(variables, what),
    lines: [
      `Written ${sessions.length === 1 ? 'profile' : 'profiles'} ${names.join(', ')} to ${folder.config} and ${folder.credentials}.`,
      ...(sessions.length === 1 ? [] : [`AWS_PROFILE is ${names[0]}; take another with --profile.`]),
    ],
    warnings: [],
  };
}

/** `[profile x]` with the region in one file, `[x]` with the credentials in the other. */
export function profileFiles(sessions: readonly Session[], { region }: Options, folder: ProfileFolder): PrivateFile[] {
  return [
    changed(folder.config, (text) =>
      sessions.reduce((all, one) => withSection(all, configHeader(profileOf(one)), { region }), text),
    ),
    changed(folder.credentials, (text) =>
      sessions.reduce((all, one) => withSection(all, profileOf(one), credentialsSection(one)), text),
    ),
  ];
}

/** What sends AWS tools to the files, and there to that profile. */
export function profileVariables({ options, folder, later }: ToExpose, profile: string): JobVariable[] {
  // botocore looks at AWS_DEFAULT_PROFILE first; where there is one it must agree.
  const others = options.variablePrefix === '' ? profileVariablesIn(later) : [];
  return [
    { name: 'AWS_CONFIG_FILE', value: folder.config },
    { name: 'AWS_SHARED_CREDENTIALS_FILE', value: folder.credentials },
    ...[...new Set(['AWS_PROFILE', ...others])].map((name) => ({ name, value: profile })),
  ].map(({ name, value }) => plain({ name: `${options.variablePrefix}${name}`, value }));
}

export function profileOf({ profile }: Session): string {
  return profile ?? 'default';
}

export function changed(file: string, change: (text: string) => string): PrivateFile {
  return { file, contents: (present) => change(present?.toString('utf8') ?? '') };
}
