import {
  type OptionKey,
  type OptionProblem,
  Problem,
  printable,
  type RawOption,
  type RawOptions,
} from '@aws-oidc-assume/shared';

/** The pipe's variables: the first name is the one to use, the others are understood as well. */
export const VARIABLES = {
  roleArn: ['AWS_OIDC_ROLE_ARN', 'AWS_ROLE_ARN'],
  roles: ['ROLES'],
  region: ['AWS_DEFAULT_REGION', 'AWS_REGION'],
  sessionName: ['ROLE_SESSION_NAME'],
  durationSeconds: ['DURATION_SECONDS'],
  sessionPolicy: ['SESSION_POLICY'],
  sessionPolicyArns: ['SESSION_POLICY_ARNS'],
  chainRoleArns: ['CHAIN_ROLE_ARNS'],
  chainExternalId: ['CHAIN_EXTERNAL_ID'],
  chainSessionTags: ['CHAIN_SESSION_TAGS'],
  allowedAccountIds: ['ALLOWED_ACCOUNT_IDS'],
  expose: ['EXPOSE'],
  profile: ['PROFILE'],
  variablePrefix: ['VARIABLE_PREFIX'],
  maskAccountId: ['MASK_ACCOUNT_ID'],
  stsEndpoint: ['STS_ENDPOINT'],
  stsFallbackRegions: ['STS_FALLBACK_REGIONS'],
  timeoutSeconds: ['TIMEOUT_SECONDS'],
  maxAttempts: ['MAX_ATTEMPTS'],
  trustPolicyFile: ['TRUST_POLICY_FILE'],
} as const satisfies Record<OptionKey, readonly [string, ...string[]]>;

/** Variables of the pipe alone. */
export const PIPE_VARIABLES = ['EXPOSE_ONCE', 'OUTPUT_DIR', 'DEBUG'] as const;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The options as the variables give them, and what is wrong with the variables themselves. */
export function rawOptions(env: Environment): { raw: RawOptions; problems: readonly OptionProblem[] } {
  const problems: OptionProblem[] = [];
  const read = (name: string): RawOption => {
    try {
      return { name, value: rawValue(env, name) };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push({ option: `${name}_COUNT`, message: error.message });
      return { name, value: undefined };
    }
  };
  const entries = Object.entries(VARIABLES).map(([key, names]): [string, RawOption] => {
    const [first, second] = names.map(read).filter(isSet);
    if (first && second && String(first.value).trim() !== String(second.value).trim()) {
      problems.push({
        option: second.name,
        message: `says something else than ${first.name}, which means the same; set one of them`,
      });
    }
    return [key, first ?? { name: names[0], value: undefined }];
  });
  return { raw: Object.fromEntries(entries) as Record<OptionKey, RawOption>, problems };
}

export function isSet({ value }: RawOption): boolean {
  return [value ?? ''].flat().some((item) => item.trim() !== '');
}

/** Bitbucket gives a list `X: [a, b]` as `X_COUNT=2`, `X_0=a`, `X_1=b` ("Advanced techniques for writing pipes"). */
function rawValue(env: Environment, name: string): RawOption['value'] {
  const count = env[`${name}_COUNT`]?.trim();
  if (count === undefined || count === '') return env[name];
  if (!/^\d{1,3}$/.test(count)) throw new Problem(`is "${printable(count, 100)}", not a number of items`);
  return Array.from({ length: Number(count) }, (_, at) => env[`${name}_${at}`] ?? '');
}
