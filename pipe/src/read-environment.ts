import { type GivenOptions, type OptionRules, proxyProblems } from '@aws-oidc-assume/shared';
import { contradictions } from './contradictions.ts';
import { EXPOSE_MODES } from './exposure.ts';
import { readSettings, type Settings } from './settings.ts';
import { unknownVariables } from './unknown-variables.ts';
import { type Environment, givenOptions } from './variables.ts';

/** All that the pipe was told, with all that is wrong with it in `rules`, to be reported at once. */
export function readEnvironment(env: Environment): { given: GivenOptions; settings: Settings; rules: OptionRules } {
  const { settings, problems: ofSettings } = readSettings(env);
  const { given, problems: ofVariables } = givenOptions(env);
  const problems = [
    ...unknownVariables(env),
    ...ofVariables,
    ...ofSettings,
    ...contradictions(given, settings),
    ...proxyProblems(env),
  ];
  return { given, settings, rules: { exposeModes: EXPOSE_MODES, problems } };
}
