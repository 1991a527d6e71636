import { type OptionRules, proxyProblems, type RawOptions } from '@aws-oidc-assume/shared';
import { contradictions } from './contradictions.ts';
import { EXPOSE_MODES } from './exposure.ts';
import { readSettings, type Settings } from './settings.ts';
import { unknownVariables } from './unknown-variables.ts';
import { type Environment, rawOptions } from './variables.ts';

/** All that the pipe was told, with all that is wrong with it in `rules`, to be reported at once. */
export function readEnvironment(env: Environment): { raw: RawOptions; settings: Settings; rules: OptionRules } {
  const { settings, problems: ofSettings } = readSettings(env);
  const { raw, problems: ofVariables } = rawOptions(env);
  const problems = [
    ...unknownVariables(env),
    ...ofVariables,
    ...ofSettings,
    ...contradictions(raw, settings),
    ...proxyProblems(env),
  ];
  return { raw, settings, rules: { exposeModes: EXPOSE_MODES, problems } };
}
