import type { Context } from '@aws-oidc-assume/trust-policy';
import type { Given, OptionTable } from './command.ts';
import { UsageError } from './usage-error.ts';

export const CONTEXT_OPTION: OptionTable = {
  context: {
    value: 'KEY=VALUE',
    multiple: true,
    about: 'a condition key besides those of the token, e.g. aws:SourceIp=203.0.113.7',
  },
};

/** A key given more than once has several values. @throws UsageError */
export function contextOption(given: Given): Context {
  const context = new Map<string, string[]>();
  for (const pair of given.list('context')) {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`--context is "${pair}", not of the form KEY=VALUE.`);
    const key = pair.slice(0, at);
    context.set(key, [...(context.get(key) ?? []), pair.slice(at + 1)]);
  }
  return Object.fromEntries(
    [...context].map(([key, values]) => [key, values.length === 1 ? (values[0] ?? '') : values]),
  );
}
