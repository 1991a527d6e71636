import { isSet, type OptionKey, type OptionProblem, type RawOptions } from '@aws-oidc-assume/shared';
import { SETTING_VARIABLES, type Settings } from './settings.ts';

/** SDKs that assume a role by themselves read three variables (role, session name, token file) and send nothing else. */
const UNSUPPORTED_WITH_WEB_IDENTITY: readonly OptionKey[] = [
  'sessionPolicy',
  'sessionPolicyArns',
  'chainRoleArns',
  'durationSeconds',
  'stsFallbackRegions',
];

/** Problems of options that contradict `EXPOSE` or would silently have no effect with it. */
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
    wrong(SETTING_VARIABLES.once, `cannot be used with ${expose} ${mode}: every command reads the files anew`);
  }
  if (mode === 'web-identity') {
    for (const key of UNSUPPORTED_WITH_WEB_IDENTITY.filter((one) => isSet(raw[one]))) {
      wrong(
        raw[key].name,
        `cannot be used with ${expose} web-identity: SDKs assume the role by themselves, without it`,
      );
    }
  }
  return problems;
}
