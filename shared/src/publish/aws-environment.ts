import { Secret } from '../core/secret.ts';
import type { Options } from '../options/options.ts';
import type { Session } from '../sts/assumed-credentials.ts';

/** A variable for later steps. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string | Secret;
}

/** Variables with the credentials themselves. They override profiles in botocore, and web identity in every SDK. */
export const CREDENTIAL_VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
] as const;

/**
 * Older names of keys, still read today. `AWS_ACCESS_KEY` and `AWS_SECRET_KEY`: SDKs for Go and Ruby, Java v1, Terraform.
 * `AMAZON_…`: SDK for JavaScript v2 and Ruby. `AWS_CREDENTIAL_FILE`: boto 2 and s3cmd.
 */
export const OLD_KEY_VARIABLES = [
  'AWS_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AWS_SECURITY_TOKEN',
  'AMAZON_ACCESS_KEY_ID',
  'AMAZON_SECRET_ACCESS_KEY',
  'AMAZON_SESSION_TOKEN',
  'AWS_CREDENTIAL_FILE',
] as const;

/**
 * Variables that would override `AWS_ACCESS_KEY_ID` and the other credentials, or mix with them. A profile takes
 * precedence in the SDK for JavaScript. botocore sends a stale `AWS_SECURITY_TOKEN`. The others are further sources of
 * credentials.
 */
export const CONFLICTING_VARIABLES = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  ...OLD_KEY_VARIABLES,
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
] as const;

/** Variables that name AWS files, determine how old SDKs read them, or select the STS of SDKs. */
const FILE_VARIABLES = [
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_SDK_LOAD_CONFIG',
  'AWS_STS_REGIONAL_ENDPOINTS',
  'AWS_ENDPOINT_URL_STS',
  'AWS_USE_FIPS_ENDPOINT',
  'AWS_USE_DUALSTACK_ENDPOINT',
] as const;

const REGION_VARIABLES = ['AWS_REGION', 'AWS_DEFAULT_REGION'] as const;

/** Every variable that an expose mode sets or clears. */
export const KNOWN_VARIABLES: ReadonlySet<string> = new Set([
  ...CREDENTIAL_VARIABLES,
  ...CONFLICTING_VARIABLES,
  ...FILE_VARIABLES,
  ...REGION_VARIABLES,
]);

/**
 * Returns the variables that AWS tools read. With the expiration, SDKs report expired credentials; otherwise AWS
 * refuses them without a reason.
 */
export function awsEnvironment({ credentials }: Session, options: Options): EnvironmentVariable[] {
  const values: Readonly<Record<(typeof CREDENTIAL_VARIABLES)[number], string | Secret>> = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_CREDENTIAL_EXPIRATION: credentials.expiration.toISOString(),
  };
  return [
    ...CREDENTIAL_VARIABLES.map((name) => ({ name: `${options.variablePrefix}${name}`, value: values[name] })),
    ...regionVariables(options),
  ];
}

/** Returns the region under both names: botocore reads only `AWS_DEFAULT_REGION`, the JavaScript and Java SDKs only `AWS_REGION`. */
export function regionVariables({ region, variablePrefix }: Options): EnvironmentVariable[] {
  return REGION_VARIABLES.map((name) => ({ name: `${variablePrefix}${name}`, value: region }));
}

/**
 * Returns the variables that point AWS tools to a profile in files. `AWS_SDK_LOAD_CONFIG` makes the SDK for JavaScript
 * v2 and Go v1 read a config file; otherwise they use the machine's own credentials.
 */
export function profileFileVariables(
  files: { readonly config: string; readonly credentials: string },
  profile: string,
  { variablePrefix }: Pick<Options, 'variablePrefix'>,
): EnvironmentVariable[] {
  const values = {
    AWS_CONFIG_FILE: files.config,
    AWS_SHARED_CREDENTIALS_FILE: files.credentials,
    AWS_PROFILE: profile,
    AWS_SDK_LOAD_CONFIG: '1',
  };
  return Object.entries(values).map(([name, value]) => ({ name: `${variablePrefix}${name}`, value }));
}

export function plainText(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value;
}
