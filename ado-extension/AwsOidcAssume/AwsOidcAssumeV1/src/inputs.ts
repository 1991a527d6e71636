import { type GivenOption, type GivenOptions, OPTION_KEYS, type OptionKey } from '@aws-oidc-assume/shared';
import * as tl from 'azure-pipelines-task-lib/task.js';

/** The task's inputs bear the options' own names. */
export function givenOptions(): GivenOptions {
  const entries = OPTION_KEYS.map((name): [OptionKey, GivenOption] => [name, { name, value: tl.getInput(name) }]);
  return Object.fromEntries(entries) as Record<OptionKey, GivenOption>;
}
