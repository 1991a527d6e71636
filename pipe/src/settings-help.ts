// Texts about the options that only the pipe has. No bundle contains them; see `scripts/options.ts`.
import type { ExtraOption } from '@aws-oidc-assume/shared/option-help';
import { DEFAULT_FOLDER, SETTING_VARIABLES, type Settings } from './settings.ts';

export const SETTINGS_HELP: Readonly<Record<keyof Settings, ExtraOption>> = {
  once: {
    name: SETTING_VARIABLES.once,
    kind: 'switch',
    default: false,
    after: 'expose',
    summary: 'environment file that works once',
    text: 'Whether the environment file removes itself when it is read. Only with `EXPOSE: environment`.',
    rule: 'the environment file removes itself when it is read',
  },
  outputFolder: {
    name: SETTING_VARIABLES.outputFolder,
    kind: 'text',
    default: DEFAULT_FOLDER,
    after: 'variablePrefix',
    summary: 'output folder',
    text: 'Folder for the files, below the clone folder, empty or from an earlier call of this pipe.',
    rule: 'below the clone folder',
  },
  debug: {
    name: SETTING_VARIABLES.debug,
    kind: 'switch',
    default: false,
    after: 'trustPolicyFile',
    sameInTask: 'System.Debug',
    summary: 'debug lines',
    text: 'Whether the log shows each exchange (never a secret).',
    rule: 'the log shows each exchange, never a secret',
  },
};
