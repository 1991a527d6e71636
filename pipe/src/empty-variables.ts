import { type Environment, isSet, type OptionKey, type RawOptions } from '@aws-oidc-assume/shared';
import { VARIABLES } from './variables.ts';

/** Options whose absence hurts: without the first two nothing works, without the others nothing is limited. */
const WARN_WHEN_EMPTY: readonly OptionKey[] = [
  'roleArn',
  'region',
  'allowedAccountIds',
  'sessionPolicy',
  'sessionPolicyArns',
];

/**
 * Warns of important variables that are set but empty. Empty means unset, but an undefined `$NAME` also arrives empty,
 * because the shell of the step expands it.
 */
export function emptyVariables(env: Environment, raw: RawOptions): string | undefined {
  const names = WARN_WHEN_EMPTY.filter((key) => !isSet(raw[key]) && !(key === 'roleArn' && isSet(raw.roles)))
    .flatMap((key) => VARIABLES[key])
    .filter((name) => env[name] !== undefined || Number(env[`${name}_COUNT`]) > 0);
  return names.length === 0
    ? undefined
    : `Listed but empty, and so without effect: ${names.join(', ')}. If a variable stands there, it is not defined for this step.`;
}
