import { modeNames } from '@aws-oidc-assume/shared';
import { credentialProcess } from './credential-process.ts';
import { environment } from './environment.ts';
import type { JobMode } from './job-mode.ts';
import { profile } from './profile.ts';
import { secretVariables } from './secret-variables.ts';

const RECORDS = [environment, secretVariables, profile, credentialProcess] as const;

/** Values of `expose` in the order of the pick list; the first is the default. */
export const EXPOSE_MODES = modeNames(RECORDS);

export type ExposeModeName = (typeof RECORDS)[number]['name'];

/** The mode of that name; the default for any other text. */
export function modeNamed(name: string): JobMode {
  const [first] = RECORDS;
  return RECORDS.find((mode) => mode.name === name) ?? first;
}
