import { modeNames } from '@aws-oidc-assume/shared';
import { environment } from './environment.ts';
import { profile } from './profile.ts';
import type { StepMode } from './step-mode.ts';
import { webIdentity } from './web-identity.ts';

const RECORDS = [environment, profile, webIdentity] as const;

/** Values of `EXPOSE`; the first is the default. */
export const EXPOSE_MODES = modeNames(RECORDS);

export type ExposeModeName = (typeof RECORDS)[number]['name'];

/** The mode of that name; the default for any other text. */
export function modeNamed(name: string): StepMode {
  const [first] = RECORDS;
  return RECORDS.find((mode) => mode.name === name) ?? first;
}
