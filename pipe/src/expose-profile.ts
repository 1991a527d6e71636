import path from 'node:path';
import {
  configHeader,
  credentialsSection,
  Failure,
  type PrivateFile,
  regionVariables,
  type Session,
  withSection,
} from '@aws-oidc-assume/shared';
import { clearedBeside, type Exposure, type ToExpose } from './exposure.ts';

/** `EXPOSE=profile`: AWS `config` and `credentials` files in the output folder, one profile for each role. */
export function exposeProfile({ sessions, options, folder }: ToExpose): Exposure {
  const config = path.join(folder, 'config');
  const credentials = path.join(folder, 'credentials');
  const [first] = sessions;
  const variables = [
    { name: 'AWS_CONFIG_FILE', value: config },
    { name: 'AWS_SHARED_CREDENTIALS_FILE', value: credentials },
    { name: 'AWS_PROFILE', value: profileOf(first) },
    ...regionVariables(options),
  ];
  return {
    files: [
      merged(config, (text) =>
        sessions.reduce((all, one) => withSection(all, configHeader(profileOf(one)), { region: options.region }), text),
      ),
      merged(credentials, (text) =>
        sessions.reduce((all, one) => withSection(all, profileOf(one), credentialsSection(one)), text),
      ),
    ],
    variables,
    clears: clearedBeside(variables),
    lines: [
      `Written ${sessions.length === 1 ? 'profile' : 'profiles'} ${sessions.map(profileOf).join(', ')} to ${config} and ${credentials}; other profiles there stay.`,
      ...(sessions.length === 1 ? [] : [`AWS_PROFILE is ${profileOf(first)}; take another with --profile.`]),
    ],
  };
}

function profileOf({ profile }: Session): string {
  return profile ?? 'default';
}

function merged(file: string, change: (text: string) => string): PrivateFile {
  return { file, contents: (present) => change(present === undefined ? '' : textOf(file, present)) };
}

/** Byte for byte: what is no UTF-8 would come back changed, and no AWS tool could read it either. */
function textOf(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Failure('CannotPublish', `${file} exists and is not UTF-8 text.`, {
      changes: ['Remove or mend it, or choose another output folder.'],
    });
  }
}
