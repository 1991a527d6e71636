import type { GivenOptions, OptionKey, OptionProblem } from '@aws-oidc-assume/shared';
import type { Settings } from './settings.ts';
import { isSet } from './variables.ts';

/** What SDKs send when they assume a role by themselves, from three variables, is a role, a name and a token; no more. */
const NOT_BY_SDKS: readonly OptionKey[] = [
  'sessionPolicy',
  'sessionPolicyArns',
  'chainRoleArns',
  'durationSeconds',
  'stsFallbackRegions',
];

/** Options that cannot work together with `EXPOSE`, or would silently have no effect. */
export function contradictions(given: GivenOptions, { once }: Settings): OptionProblem[] {
  const problems: OptionProblem[] = [];
  const expose = given.expose.name;
  const mode = isSet(given.roles) ? 'profile' : isSet(given.expose) ? String(given.expose.value).trim() : 'environment';
  const wrong = (option: string, message: string) => void problems.push({ option, message });

  if (isSet(given.profile) && mode !== 'profile' && !isSet(given.roles)) {
    wrong(given.profile.name, `has no effect with ${expose} ${mode}; set ${expose} to profile`);
  }
  if (isSet(given.variablePrefix) && mode === 'profile') {
    wrong(
      given.variablePrefix.name,
      `cannot be used with ${expose} profile: profiles are told apart by ${given.profile.name}`,
    );
  }
  if (once && mode !== 'environment') {
    wrong('EXPOSE_ONCE', `cannot be used with ${expose} ${mode}: every command reads the files anew`);
  }
  if (mode === 'web-identity') {
    for (const key of NOT_BY_SDKS.filter((one) => isSet(given[one]))) {
      wrong(
        given[key].name,
        `cannot be used with ${expose} web-identity: SDKs assume the role by themselves, without it`,
      );
    }
  }
  return problems;
}
