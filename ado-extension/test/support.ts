import { randomBytes } from 'node:crypto';
import { AssumedCredentials, type Options, parseOptions, type Session } from '@aws-oidc-assume/shared';
import { readInputs } from '../AwsOidcAssume/AwsOidcAssumeV1/src/agent/inputs.ts';
import type { JobContext } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/job-mode.ts';
import { EXPOSE_MODES } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/modes.ts';

export const ROLE = 'arn:aws:iam::123456789012:role/deploy';

export function optionsOf(inputs: Readonly<Record<string, string>> = {}): Options {
  const all: Readonly<Record<string, string | undefined>> = { roleArn: ROLE, region: 'eu-west-1', ...inputs };
  const { raw } = readInputs({
    input: (name) => all[name] || undefined,
    variable: () => undefined,
    connectionField: () => undefined,
    connectionHasKeys: () => false,
  });
  return parseOptions(raw, { exposeModes: EXPOSE_MODES });
}

export function sessionOf(profile?: string): Session {
  const random = () => randomBytes(20).toString('hex');
  return {
    profile,
    credentials: new AssumedCredentials({
      accessKeyId: random(),
      secretAccessKey: random(),
      sessionToken: random(),
      expiration: new Date('2026-03-01T13:00:00Z'),
      assumedRoleArn: 'arn:aws:sts::123456789012:assumed-role/deploy/job',
      endpoint: 'https://sts.eu-west-1.amazonaws.com',
    }),
  };
}

export function contextOf(more: Partial<JobContext> = {}): JobContext {
  return {
    sessions: [sessionOf()],
    options: optionsOf(),
    folder: '/agent/_temp/aws-oidc-assume',
    later: { environment: {}, secretNames: new Set() },
    renewal: {
      node: '/agent/node',
      platform: 'linux',
      state: '{}',
      programs: [{ name: 'credential-process.cjs', read: () => Buffer.from('') }],
      id: 'abc',
    },
    ...more,
  };
}
