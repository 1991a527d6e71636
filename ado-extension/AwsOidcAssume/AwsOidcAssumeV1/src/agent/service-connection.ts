import type { OptionKey } from '@aws-oidc-assume/shared';
import type { TaskHost } from './task-host.ts';

/** Type of this extension's own service connections, as vss-extension.json has it. */
export const CONNECTION_TYPE = 'AwsOidcFederation';

/**
 * Options that a service connection may hold, with the field they stand in. The first is of our own type, where they lie
 * beside the authorization: what lies in it the agent masks wherever it is printed, and a masked `eu-west-1` makes logs
 * unreadable. The others are of the AWS Toolkit's type `AWS` (its vss-extension.json), whose keys are not read.
 */
const FIELDS = {
  roleArn: ['roleArn', 'assumeRoleArn'],
  region: ['region'],
  sessionName: ['sessionName', 'roleSessionName'],
  durationSeconds: ['durationSeconds'],
} as const satisfies Partial<Record<OptionKey, readonly string[]>>;

/** The fields of our own type. */
export const CONNECTION_FIELDS: readonly string[] = Object.values(FIELDS).map(([own]) => own);

export interface ConnectionDefault {
  readonly field: string;
  readonly value: string;
}

export function defaultsOfConnection(
  host: Pick<TaskHost, 'connectionField'>,
  id: string,
): Partial<Record<OptionKey, ConnectionDefault>> {
  const found = Object.entries(FIELDS).flatMap(([option, fields]) => {
    const [first] = fields.flatMap((field) => {
      const value = host.connectionField(id, field);
      return value === undefined ? [] : [{ field, value }];
    });
    return first === undefined ? [] : [[option, first] as const];
  });
  return Object.fromEntries(found);
}
