import {
  type EndpointVariant,
  isSet,
  type OptionProblem,
  type RawOptions,
  variantVariables,
} from '@aws-oidc-assume/shared';
import { EXPOSE_MODES, modeNamed } from './expose/modes.ts';
import { SETTING_VARIABLES, type Settings } from './settings.ts';

/** Problems of options that contradict `EXPOSE` or would silently have no effect with it. */
export function contradictions(raw: RawOptions, { once }: Settings, endpointVariant: EndpointVariant): OptionProblem[] {
  const problems: OptionProblem[] = [];
  const expose = raw.expose.name;
  const [usual] = EXPOSE_MODES;
  const name = isSet(raw.roles) ? 'profile' : isSet(raw.expose) ? String(raw.expose.value).trim() : usual;
  const mode = modeNamed(name);
  const wrong = (option: string, message: string) => void problems.push({ option, message });

  if (isSet(raw.profile) && !mode.hasProfiles && !isSet(raw.roles)) {
    wrong(raw.profile.name, `has no effect with ${expose} ${name}; set ${expose} to profile`);
  }
  if (isSet(raw.variablePrefix) && mode.hasProfiles) {
    wrong(
      raw.variablePrefix.name,
      `cannot be used with ${expose} ${name}: profiles are told apart by ${raw.profile.name}`,
    );
  }
  if (once && !mode.canBeReadOnce) {
    wrong(SETTING_VARIABLES.once, `cannot be used with ${expose} ${name}: every command reads the files anew`);
  }
  for (const variable of isSet(raw.stsEndpoint) && mode.isAssumedLater ? variantVariables(endpointVariant) : []) {
    wrong(variable, `cannot be used with ${expose} ${name} and ${raw.stsEndpoint.name}: AWS SDKs refuse to use both`);
  }
  for (const key of mode.unsupported.filter((one) => isSet(raw[one]))) {
    wrong(raw[key].name, `cannot be used with ${expose} ${name}: SDKs assume the role by themselves, without it`);
  }
  return problems;
}
