import type { OptionKey, RawOptions } from '@aws-oidc-assume/shared';
import { type Environment, isSet, VARIABLES } from './variables.ts';

/** Without the first two nothing works; without the others nothing is limited. */
const MISSED: readonly OptionKey[] = ['roleArn', 'region', 'allowedAccountIds', 'sessionPolicy', 'sessionPolicyArns'];

/**
 * What to say of variables that are listed and empty, and will be missed. Empty means unset, but so arrives `$NAME` as
 * well where NAME is not defined: the shell of the step expands it.
 */
export function emptyVariables(env: Environment, raw: RawOptions): string | undefined {
  const names = MISSED.filter((key) => !isSet(raw[key]) && !(key === 'roleArn' && isSet(raw.roles)))
    .flatMap((key): readonly string[] => VARIABLES[key])
    .filter((name) => env[name] !== undefined || Number(env[`${name}_COUNT`]) > 0);
  return names.length === 0
    ? undefined
    : `Listed but empty, and so without effect: ${names.join(', ')}. If a variable stands there, it is not defined for this step.`;
}
