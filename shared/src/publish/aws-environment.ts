import { Secret } from '../core/secret.ts';
import type { Options } from '../options/options.ts';
import type { Session } from '../sts/assumed-credentials.ts';

/** A variable for later steps. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string | Secret;
}

/** The credentials as they stand in an environment: in botocore they win over profiles, in every SDK over web identity. */
export const CREDENTIAL_VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
] as const;

/**
 * The variables that AWS tools read. The expiration lets SDKs say that credentials have expired, in place of an opaque
 * refusal.
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

/** Both names, since botocore reads only `AWS_DEFAULT_REGION` and the JavaScript and Java SDKs only `AWS_REGION`. */
export function regionVariables({ region, variablePrefix }: Options): EnvironmentVariable[] {
  return ['AWS_REGION', 'AWS_DEFAULT_REGION'].map((name) => ({ name: `${variablePrefix}${name}`, value: region }));
}

/**
 * Variables that would win over, or be mixed with, `AWS_ACCESS_KEY_ID` and its fellows: a profile wins in the
 * JavaScript SDK, a stale `AWS_SECURITY_TOKEN` is sent by botocore, and the rest are other sources of credentials.
 */
export const CONFLICTING_VARIABLES = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SECURITY_TOKEN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
] as const;

export function revealed(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value;
}
