import {
  type Environment,
  type OptionRules,
  proxyProblems,
  type RawOptions,
  readEndpointVariant,
} from '@aws-oidc-assume/shared';
import { contradictions } from './contradictions.ts';
import { EXPOSE_MODES, type ExposeModeName } from './expose/modes.ts';
import { readSettings, type Settings } from './settings.ts';
import { unknownVariables } from './unknown-variables.ts';
import { rawOptions } from './variables.ts';

/** Reads the options and settings; `rules` collects all problems, which are reported together. */
export function readEnvironment(env: Environment): {
  raw: RawOptions;
  settings: Settings;
  rules: OptionRules<ExposeModeName>;
} {
  const { settings, problems: settingProblems } = readSettings(env);
  const { raw, problems: variableProblems } = rawOptions(env);
  const { endpointVariant, problems: variantProblems } = readEndpointVariant(env);
  const problems = [
    ...unknownVariables(env),
    ...variableProblems,
    ...settingProblems,
    ...variantProblems,
    ...contradictions(raw, settings, endpointVariant),
    ...proxyProblems(env),
  ];
  return { raw, settings, rules: { exposeModes: EXPOSE_MODES, problems, endpointVariant } };
}
