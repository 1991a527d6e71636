import type { OptionKey } from '@aws-oidc-assume/shared';
import type { TaskHost } from './task-host.ts';

/** Type of this extension's service connections, as in vss-extension.json. */
export const CONNECTION_TYPE = 'AwsOidcFederation';

/**
 * Options in a service connection, with their fields. The first field belongs to the extension's own type, and is
 * outside the authorization. The agent masks every value in the authorization everywhere, and a masked `eu-west-1`
 * makes logs unreadable. The others belong to the AWS Toolkit's type `AWS` (its vss-extension.json), whose keys are not
 * read.
 */
const FIELDS = {
  roleArn: ['roleArn', 'assumeRoleArn'],
  region: ['region'],
  sessionName: ['sessionName', 'roleSessionName'],
  durationSeconds: ['durationSeconds'],
} as const satisfies Partial<Record<OptionKey, readonly string[]>>;

/** Fields of the extension's own type. */
export const CONNECTION_FIELDS: readonly string[] = Object.values(FIELDS).map(([own]) => own);

export interface ConnectionDefault {
  readonly field: string;
  readonly value: string;
}

export function defaultsOfConnection(
  host: Pick<TaskHost, 'connectionField'>,
  id: string,
): Partial<Record<OptionKey, ConnectionDefault>> {
  const options = Object.entries(FIELDS).flatMap(([option, fields]) => {
    const [first] = fields.flatMap((field) => {
      const value = host.connectionField(id, field);
      return value === undefined ? [] : [{ field, value }];
    });
    return first === undefined ? [] : [[option, first] as const];
  });
  return Object.fromEntries(options);
}
