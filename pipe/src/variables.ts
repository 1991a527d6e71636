import {
  type GivenOption,
  type GivenOptions,
  invalidOptions,
  type OptionKey,
  type OptionProblem,
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
export const PIPE_VARIABLES = ['OUTPUT_DIR', 'DEBUG'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws Failure `InvalidOptions` where two names of one option say different things */
export function givenOptions(env: Environment): GivenOptions {
  const problems: OptionProblem[] = [];
  const entries = Object.entries(VARIABLES).map(([key, names]): [string, GivenOption] => {
    const given = names.map((name) => ({ name, value: givenValue(env, name) })).filter(({ value }) => !isEmpty(value));
    const [first, second] = given;
    if (first && second && String(first.value).trim() !== String(second.value).trim()) {
      problems.push({
        option: second.name,
        message: `says something else than ${first.name}, which means the same; set one of them`,
      });
    }
    return [key, first ?? { name: names[0], value: undefined }];
  });
  if (problems.length > 0) throw invalidOptions(problems);
  return Object.fromEntries(entries) as Record<OptionKey, GivenOption>;
}

/** Bitbucket gives a list `X: [a, b]` as `X_COUNT=2`, `X_0=a`, `X_1=b` ("Advanced techniques for writing pipes"). */
function givenValue(env: Environment, name: string): GivenOption['value'] {
  const count = env[`${name}_COUNT`];
  if (count === undefined || !/^\d{1,4}$/.test(count)) return env[name];
  return Array.from({ length: Number(count) }, (_, at) => env[`${name}_${at}`] ?? '');
}

function isEmpty(value: GivenOption['value']): boolean {
  return (
    value === undefined || (typeof value === 'string' ? value.trim() === '' : value.every((item) => item.trim() === ''))
  );
}
