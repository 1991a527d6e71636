import type { OptionKey, OptionProblem, RawOptions } from '@aws-oidc-assume/shared';
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
export function contradictions(raw: RawOptions, { once }: Settings): OptionProblem[] {
  const problems: OptionProblem[] = [];
  const expose = raw.expose.name;
  const mode = isSet(raw.roles) ? 'profile' : isSet(raw.expose) ? String(raw.expose.value).trim() : 'environment';
  const wrong = (option: string, message: string) => void problems.push({ option, message });

  if (isSet(raw.profile) && mode !== 'profile' && !isSet(raw.roles)) {
    wrong(raw.profile.name, `has no effect with ${expose} ${mode}; set ${expose} to profile`);
  }
  if (isSet(raw.variablePrefix) && mode === 'profile') {
    wrong(
      raw.variablePrefix.name,
      `cannot be used with ${expose} profile: profiles are told apart by ${raw.profile.name}`,
    );
  }
  if (once && mode !== 'environment') {
    wrong('EXPOSE_ONCE', `cannot be used with ${expose} ${mode}: every command reads the files anew`);
  }
  if (mode === 'web-identity') {
    for (const key of NOT_BY_SDKS.filter((one) => isSet(raw[one]))) {
      wrong(
        raw[key].name,
        `cannot be used with ${expose} web-identity: SDKs assume the role by themselves, without it`,
      );
    }
  }
  return problems;
}
