import { type TemplateRequest, template } from './template.ts';

/**
 * A POSIX shell script of AWS CLI calls, the same text for the same input. It stops at the first call that fails, e.g.
 * because the identity provider exists already.
 *
 * @throws ScopeError naming every field that is wrong.
 */
export function renderAwsCli(request: TemplateRequest): string {
  const { trust, roleName, description, maxSessionDuration, permissions, createProvider } = template(request);
  const commands = [
    ...(createProvider
      ? [
          command('aws iam create-open-id-connect-provider', [
            ['--url', trust.providerUrl],
            // As JSON: AWS CLI v1 would fetch a plain value that is a URL.
            ['--client-id-list', JSON.stringify(trust.clientIds)],
          ]),
        ]
      : []),
    command('aws iam create-role', [
      ['--role-name', roleName],
      ['--description', description],
      ['--max-session-duration', String(maxSessionDuration)],
      ['--assume-role-policy-document', JSON.stringify(trust.trustPolicy, null, 2)],
    ]),
    ...(permissions === undefined
      ? []
      : [
          command('aws iam put-role-policy', [
            ['--role-name', roleName],
            ['--policy-name', roleName],
            ['--policy-document', JSON.stringify(permissions, null, 2)],
          ]),
        ]),
  ];
  // Older versions demand --thumbprint-list for a provider.
  const header = '#!/bin/sh\n# Needs the AWS CLI 2.16 or newer.\nset -eu';
  return `${[header, ...commands].join('\n\n')}\n`;
}

function command(name: string, options: readonly (readonly [option: string, value: string])[]): string {
  return [
    name,
    // After a space, a value that begins with "-" would be taken for an option.
    ...options.map(([option, value]) => `  ${option}${value.startsWith('-') ? '=' : ' '}${quoted(value)}`),
  ].join(' \\\n');
}

/** Single-quoted for a POSIX shell: nothing inside is expanded. */
function quoted(text: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9_./:@=+-]*$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
