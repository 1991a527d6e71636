import path from 'node:path';
import { conflictsWith, regionVariables, stsEndpointOf, variantVariables } from '@aws-oidc-assume/shared';
import type { StepContext, StepMode } from './step-mode.ts';

export const TOKEN_NAME = 'web-identity-token';

/**
 * An empty file that replaces those in `~/.aws`. The SDKs for JavaScript, C++ and Rust read the default profile before
 * the token, so they would use keys on the machine.
 */
const NO_PROFILES = '/dev/null';

function variables({ sessions: [session], options, folder }: StepContext) {
  const [{ role }] = options.roles;
  const [endpoint] = options.endpoints;
  // SDKs find the endpoint of the region themselves, and accept none together with a variant.
  const isFound = endpoint.url === stsEndpointOf(options.region, options.endpointVariant);
  const values = {
    AWS_ROLE_ARN: role.arn,
    AWS_WEB_IDENTITY_TOKEN_FILE: path.join(folder, TOKEN_NAME),
    AWS_ROLE_SESSION_NAME: sessionNameIn(session.credentials.assumedRoleArn),
    // Otherwise Go v1 and JavaScript v2 ask the global endpoint.
    AWS_STS_REGIONAL_ENDPOINTS: 'regional',
    AWS_CONFIG_FILE: NO_PROFILES,
    AWS_SHARED_CREDENTIALS_FILE: NO_PROFILES,
    // Keeps the SDK for JavaScript v2 from reading the files in `~/.aws`.
    AWS_SDK_LOAD_CONFIG: '1',
    ...(isFound ? {} : { AWS_ENDPOINT_URL_STS: endpoint.url }),
    ...Object.fromEntries(variantVariables(options.endpointVariant).map((name) => [name, 'true'])),
  };
  return [
    ...Object.entries(values).map(([name, value]) => ({ name: `${options.variablePrefix}${name}`, value })),
    ...regionVariables(options),
  ];
}

/**
 * `EXPOSE=web-identity`: the token in a file, and the variables with which SDKs assume the role themselves, repeatedly
 * while the token is valid. The pipe drops its own credentials. It assumes the role once to detect a wrong setup here
 * rather than in the middle of a deployment.
 */
export const webIdentity: StepMode<'web-identity'> = {
  name: 'web-identity',
  // No newline at the end, because not every SDK trims the token.
  files: ({ token }) => [{ name: TOKEN_NAME, contents: () => token.reveal() }],
  variables,
  conflicts: (context) => conflictsWith(variables(context)),
  lines: ({ token, folder }) => {
    const until = token.expiresAt === undefined ? '' : `, ${token.expiresAt.toISOString()}`;
    return [
      `The role was assumed once to check the setup. AWS SDKs assume it by themselves from ${path.join(folder, TOKEN_NAME)}, and again until that token expires${until}.`,
    ];
  },
  hasProfiles: false,
  canBeReadOnce: false,
  isAssumedLater: true,
  // SDKs that assume a role themselves send only role, session name and token.
  unsupported: ['sessionPolicy', 'sessionPolicyArns', 'chainRoleArns', 'durationSeconds', 'stsFallbackRegions'],
};

/** `arn:aws:sts::123456789012:assumed-role/deploy/<session name>` */
function sessionNameIn(assumedRoleArn: string): string {
  return assumedRoleArn.slice(assumedRoleArn.lastIndexOf('/') + 1);
}
