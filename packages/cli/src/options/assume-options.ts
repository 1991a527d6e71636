import { OPTION_KEYS, type OptionKey, type RawOption, type RawOptions } from '@aws-oidc-assume/shared';
import { flagOf, type OptionTable, type ParsedArguments } from '../cli/command.ts';
import type { Environment } from '../context.ts';

interface AssumeOption {
  readonly value?: string;
  readonly multiple?: true;
  readonly about: string;
  /** Variables that say the same, read in this order where the option is not given. */
  readonly variables?: readonly string[];
}

/** The options of the exchange that make sense here. The others are about handing credentials to later steps. */
const TABLE: Readonly<Partial<Record<OptionKey, AssumeOption>>> = {
  roleArn: { value: 'ARN', about: 'the role to assume', variables: ['AWS_ROLE_ARN'] },
  region: {
    value: 'REGION',
    about: 'the region, for STS and for the command',
    variables: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  },
  sessionName: {
    value: 'NAME',
    about: 'role session name, by default one that leads back to the run',
    variables: ['AWS_ROLE_SESSION_NAME'],
  },
  durationSeconds: { value: 'SECONDS', about: 'how long the credentials are to last, 900 to 43200 (3600)' },
  sessionPolicy: { value: 'JSON', about: 'inline session policy' },
  sessionPolicyArns: { value: 'ARN', multiple: true, about: 'managed session policy' },
  chainRoleArns: { value: 'ARN', multiple: true, about: 'role to assume next with the credentials just obtained' },
  chainExternalId: { value: 'ID', about: 'external id for the chained roles' },
  chainSessionTags: { value: 'TAG', multiple: true, about: 'run, or Key=Value, for the chained roles' },
  allowedAccountIds: { value: 'ID', multiple: true, about: 'account the role may lie in' },
  maskAccountId: { about: 'replace the account id in messages' },
  stsEndpoint: { value: 'URL', about: 'another STS endpoint than that of the region' },
  stsFallbackRegions: { value: 'REGION', multiple: true, about: 'region to turn to when STS cannot be reached' },
  timeoutSeconds: { value: 'SECONDS', about: 'time limit over everything (60)' },
  maxAttempts: { value: 'NUMBER', about: 'attempts where trying again can help (5)' },
  trustPolicyFile: { value: 'FILE', about: 'trust policy of the role, to explain a denial with' },
};

export const ASSUME_OPTIONS: OptionTable = tableOf(OPTION_KEYS);

/** Some of them, for commands that do not assume. */
export function assumeOptions(...keys: readonly OptionKey[]): OptionTable {
  return tableOf(keys);
}

function tableOf(keys: readonly OptionKey[]): OptionTable {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const option = TABLE[key];
      if (option === undefined) return [];
      const { value, multiple, about, variables } = option;
      const also = variables === undefined ? '' : `; also ${variables.join(' or ')}`;
      return [
        [
          flagOf(key),
          {
            about: `${about}${also}`,
            ...(value === undefined ? {} : { value }),
            ...(multiple === undefined ? {} : { multiple }),
          },
        ] as const,
      ];
    }),
  );
}

/** The options with the name each was given by: the option wins over its variables, an empty value does not count. */
export function rawOptions(args: ParsedArguments, env: Environment): RawOptions {
  const entries = OPTION_KEYS.map((key): [OptionKey, RawOption] => [key, rawOption(key, args, env)]);
  return Object.fromEntries(entries) as Record<OptionKey, RawOption>;
}

export function rawOption(key: OptionKey, args: ParsedArguments, env: Environment): RawOption {
  const name = flagOf(key);
  const { value, multiple, variables = [] } = TABLE[key] ?? {};
  // Lists may be written as several options, with commas, or both: none of these values holds a comma itself.
  const several = multiple ? args.list(name).join('\n') : undefined;
  const written = several ?? (value === undefined && args.flag(name) ? 'true' : args.text(name));
  if (written) return { name: `--${name}`, value: written };
  const variable = variables.find((candidate) => env[candidate]?.trim());
  return variable === undefined ? { name: `--${name}`, value: undefined } : { name: variable, value: env[variable] };
}
