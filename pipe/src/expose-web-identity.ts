import path from 'node:path';
import { regionVariables, stsEndpointOf } from '@aws-oidc-assume/shared';
import { clearedBeside, type Exposure, type ToExpose } from './exposure.ts';

/**
 * `EXPOSE=web-identity`: the token in a file, and the variables by which SDKs assume the role themselves and do so
 * again while the token lives. The credentials of the exchange that has been are dropped: it showed that the set-up
 * works, here rather than in the middle of a deployment.
 */
export function exposeWebIdentity({ sessions: [session], token, options, folder }: ToExpose): Exposure {
  const file = path.join(folder, 'web-identity-token');
  const [{ role }] = options.roles;
  const [endpoint] = options.endpoints;
  const named = (name: string, value: string) => ({ name: `${options.variablePrefix}${name}`, value });
  const variables = [
    named('AWS_ROLE_ARN', role.arn),
    named('AWS_WEB_IDENTITY_TOKEN_FILE', file),
    named('AWS_ROLE_SESSION_NAME', sessionNameIn(session.credentials.assumedRoleArn)),
    // Only where it is another one than they would ask anyway.
    ...(endpoint.url === stsEndpointOf(options.region) ? [] : [named('AWS_ENDPOINT_URL_STS', endpoint.url)]),
    ...regionVariables(options),
  ];
  const until = token.expiresAt === undefined ? '' : `, ${token.expiresAt.toISOString()}`;
  return {
    // No newline at the end: not every SDK trims what it reads. A token already there is this step's own.
    files: [{ file, contents: () => token.reveal() }],
    variables,
    // The JavaScript SDK looks at profiles before web identity, and at the default one even where none is named.
    clears: clearedBeside(variables, ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']),
    lines: [
      'The role was assumed once, to show here and now that the set-up works; those credentials were not kept.',
      `AWS SDKs assume it by themselves from ${file}, and again until that token expires${until}.`,
    ],
  };
}

/** `arn:aws:sts::123456789012:assumed-role/deploy/<session name>` */
function sessionNameIn(assumedRoleArn: string): string {
  return assumedRoleArn.slice(assumedRoleArn.lastIndexOf('/') + 1);
}
