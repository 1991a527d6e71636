import type { Context } from '@aws-oidc-assume/trust-policy';
import type { OptionTable, ParsedArguments } from '../cli/command.ts';
import { UsageError } from '../cli/usage-error.ts';

export const CONTEXT_OPTION: OptionTable = {
  context: {
    value: 'KEY=VALUE',
    multiple: true,
    about: 'condition key that is not in the token, e.g. aws:SourceIp=203.0.113.7',
  },
};

/**
 * Condition keys of a request that is made now over TLS, which every endpoint of STS requires. Keys of the option take
 * precedence, and a repeated key has several values.
 *
 * @throws UsageError
 */
export function contextOption(args: ParsedArguments, now: Date): Context {
  const context = givenContext(args);
  const folded = new Set(Object.keys(context).map((key) => key.toLowerCase()));
  const usual = {
    'aws:CurrentTime': now.toISOString(),
    'aws:EpochTime': String(Math.floor(now.getTime() / 1000)),
    'aws:SecureTransport': 'true',
  };
  return { ...Object.fromEntries(Object.entries(usual).filter(([key]) => !folded.has(key.toLowerCase()))), ...context };
}

function givenContext(args: ParsedArguments): Context {
  const context = new Map<string, string[]>();
  for (const pair of args.list('context')) {
    const separator = pair.indexOf('=');
    if (separator < 1) throw new UsageError(`--context is "${pair}", not of the form KEY=VALUE.`);
    const key = pair.slice(0, separator);
    context.set(key, [...(context.get(key) ?? []), pair.slice(separator + 1)]);
  }
  return Object.fromEntries(
    [...context].map(([key, values]) => [key, values.length === 1 ? (values[0] ?? '') : values]),
  );
}
