// Texts about the options. The command line's help imports a part of them. The rest is for documentation and forms that
// `scripts/options.ts` writes, and is in no bundle.
import type { OptionKey } from './table.ts';
import type { ValueFacts } from './types.ts';

/** One line for the help of the command line and for short tables. */
export interface OptionSummary {
  /** Noun phrase without a full stop. */
  readonly summary: string;
  /** Placeholder of the value on the command line; a switch has none. */
  readonly value?: string;
}

/**
 * Texts of one option. `{roles}` stands for the spelling of the option `roles` in that system, `{least}` and `{most}` for
 * the option's own limits.
 */
export interface OptionHelp {
  /** Sentences that apply to every system. */
  readonly text: string;
  /** Phrase about the value, for tables. */
  readonly rule: string;
  /** Default in words, if the table of options has none. */
  readonly default?: string;
  readonly pipe?: PipeHelp;
  readonly task?: TaskHelp;
}

export interface PipeHelp {
  readonly required?: true;
  /** Further sentences. */
  readonly text?: string;
  readonly default?: string;
}

/** Field of the task's form. */
export interface TaskHelp {
  readonly label: string;
  readonly aliases?: readonly string[];
  /** Type of the field, when it does not follow from the kind of the option. */
  readonly formType?: 'filePath' | 'pickList';
  /** Group of the form, as task.json names it. */
  readonly group?: string;
  readonly visibleRule?: string;
  /** Option that the field follows, if it differs from the order of the table. */
  readonly after?: string;
  /** Further sentences. */
  readonly text?: string;
  readonly default?: string;
}

/** Option that only one adapter has. */
export interface ExtraOption extends Omit<OptionHelp, 'default'>, OptionSummary, Omit<ValueFacts, 'limits'> {
  /** Spelling in that system. */
  readonly name: string;
  /** Option that it follows in tables and forms; undefined for the first. */
  readonly after: OptionKey | undefined;
  /** The task's spelling of a setting of the pipe with the same meaning. */
  readonly sameInTask?: string;
  /** Type of the field in the task's form, when it does not follow from the kind. */
  readonly formType?: string;
}

export const OPTION_SUMMARIES: Readonly<Record<OptionKey, OptionSummary>> = {
  roleArn: { summary: 'role to assume', value: 'ARN' },
  region: { summary: 'region of the deployment, for STS and for AWS tools', value: 'REGION' },
  roles: { summary: 'several roles in place of one, each as a profile' },
  sessionName: { summary: 'role session name; by default it identifies the run', value: 'NAME' },
  durationSeconds: { summary: 'session duration in seconds', value: 'SECONDS' },
  sessionPolicy: { summary: 'inline session policy', value: 'JSON' },
  sessionPolicyArns: { summary: 'managed session policies', value: 'ARN' },
  chainRoleArns: { summary: 'roles to assume next, each with the credentials of the one before', value: 'ARN' },
  chainExternalId: { summary: 'external ID for the chained roles', value: 'ID' },
  chainSessionTags: { summary: 'session tags for the chained roles: run, or Key=Value', value: 'TAG' },
  allowedAccountIds: { summary: 'accounts that the credentials may be of', value: 'ID' },
  expose: { summary: 'how later steps get the credentials' },
  profile: { summary: 'name of the AWS profile' },
  variablePrefix: { summary: 'prefix of the names of all variables that are set' },
  maskAccountId: { summary: 'hide account IDs in messages' },
  stsEndpoint: { summary: 'STS endpoint other than that of the region', value: 'URL' },
  stsFallbackRegions: { summary: "regions to ask when the region's STS cannot be reached", value: 'REGION' },
  timeoutSeconds: { summary: 'time limit for everything, in seconds', value: 'SECONDS' },
  maxAttempts: { summary: 'attempts of each call', value: 'NUMBER' },
  trustPolicyFile: { summary: 'trust policy of the role, to explain a denial', value: 'FILE' },
  diagnose: { summary: 'more checks after a failure' },
};

export const OPTION_HELP: Readonly<Record<OptionKey, OptionHelp>> = {
  roleArn: {
    text: 'ARN of the role to assume, e.g. `arn:aws:iam::123456789012:role/deploy`.',
    rule: 'in any partition; this or {roles}',
    pipe: { required: true, text: 'Not with {roles}.' },
    task: {
      label: 'Role ARN (required here or in the connection)',
      aliases: ['roleToAssume'],
      text: 'Required, unless the service connection has it or several roles are given below.',
      default: 'that of the connection',
    },
  },
  region: {
    text: 'Region of the deployment, e.g. `eu-west-1`, in the partition of the role. The credentials come from AWS STS in this region.',
    rule: 'in the partition of the role',
    pipe: { required: true },
    task: {
      label: 'Region (required here or in the connection)',
      formType: 'pickList',
      aliases: ['awsRegion', 'regionName'],
      text: 'Choose or type any region. Required, unless the service connection has it.',
      default: 'that of the connection',
    },
  },
  roles: {
    text: 'Several roles from one token, each published as a profile: items of the form `<profile>=<role ARN>`, instead of {roleArn}.',
    rule: 'items of the form `<profile>=<role ARN>`; one token, one profile each',
    task: {
      label: 'Several roles (one AWS profile each)',
      after: 'profile',
      text: 'One per line. Later steps then get *AWS profiles in files*.',
    },
  },
  sessionName: {
    text: 'Name of the session, as CloudTrail shows it: 2 to 64 letters, digits and `_+=,.@-`.',
    rule: '2 to 64 of `[\\w+=,.@-]`',
    default: 'made of CI system, owner, repository, build and step',
    pipe: { default: 'made of workspace, repository, build number and step' },
    task: {
      label: 'Role session name',
      aliases: ['roleSessionName'],
      group: 'session',
      default: 'made of organization, project, build and job',
    },
  },
  durationSeconds: {
    text: 'Length of the session in seconds, {least} to {most}, at most what the role allows; at most 3600 with {chainRoleArns}.',
    rule: '{least} to {most}, at most what the role allows; at most 3600 with {chainRoleArns}',
    task: { label: 'Duration in seconds', aliases: ['roleDurationSeconds'], group: 'session' },
  },
  sessionPolicy: {
    text: 'Inline session policy, JSON, that narrows what the session may do.',
    rule: 'JSON; at most 2048 characters together with {sessionPolicyArns}',
    pipe: { text: 'Write it in single quotes, with `\\$` for a dollar sign.' },
    task: { label: 'Session policy', aliases: ['inlineSessionPolicy'], group: 'session' },
  },
  sessionPolicyArns: {
    text: 'ARNs of managed policies that narrow what the session may do, at most 10.',
    rule: 'at most 10',
    task: {
      label: 'Managed session policies',
      aliases: ['managedSessionPolicies'],
      group: 'session',
      text: 'One per line.',
    },
  },
  chainRoleArns: {
    text: 'Roles to assume after the first, in this order, each with the credentials of the one before. The credentials of the last one are published; they last at most one hour.',
    rule: 'assumed in this order, the last is published; at most one hour',
    task: { label: 'Chained role ARNs', group: 'chain', text: 'One per line.' },
  },
  chainExternalId: {
    text: 'External ID for every role of the chain whose trust policy asks for one.',
    rule: 'for every role of the chain',
    task: { label: 'External ID', group: 'chain', visibleRule: 'chainRoleArns != ""' },
  },
  chainSessionTags: {
    text: 'Session tags for the chained roles: `run` for owner, repository, branch and build of this run (`CiSystem`, `Owner`, `Repository`, `Branch`, `Build`), and `<key>=<value>` for your own.',
    rule: '`run` for `CiSystem`, `Owner`, `Repository`, `Branch` and `Build`, or `Key=Value`',
    task: { label: 'Session tags', group: 'chain', visibleRule: 'chainRoleArns != ""', text: 'One per line.' },
  },
  allowedAccountIds: {
    text: 'Accounts that the credentials may be of. Checked before anything is sent, and again before anything is published.',
    rule: 'checked before anything is sent, and before anything is published',
    default: 'all',
    task: { label: 'Allowed account IDs', group: 'guards', text: 'One per line.' },
  },
  expose: {
    text: 'How later steps get the credentials: {modes}.',
    rule: '{modes}',
    task: {
      label: 'How later steps get credentials',
      text: 'The task masks what it sets. *AWS profile that renews itself* serves jobs that take longer than a session.',
    },
  },
  profile: {
    text: 'Name of the AWS profile in the modes with profiles.',
    rule: 'letters, digits and `. _ @ + -`; for the modes with profiles',
    default: 'the profile `default`',
    task: { label: 'Profile name', visibleRule: 'expose = profile || expose = credential-process' },
  },
  variablePrefix: {
    text: 'Goes before `AWS_…` in the names of all variables that are set, so that AWS tools do not read them: `STAGING_` makes `STAGING_AWS_ACCESS_KEY_ID`.',
    rule: 'AWS tools do not read variables with a prefix',
    pipe: { text: 'Not with `EXPOSE: profile`.' },
    task: { label: 'Variable name prefix' },
  },
  maskAccountId: {
    text: 'Hides the IDs of the accounts in the log.',
    rule: 'hides the IDs of all accounts in the log',
    task: { label: 'Mask the account ID', group: 'guards', text: 'The job summary hides them too.' },
  },
  stsEndpoint: {
    text: 'URL of AWS STS, e.g. of a VPC endpoint: https, or http on this machine only.',
    rule: 'https, or http on this machine only',
    default: 'the endpoint of the region',
    task: { label: 'STS endpoint', group: 'network' },
  },
  stsFallbackRegions: {
    text: 'Regions whose STS is asked, in this order, when that of the region cannot be reached or fails, never after a refusal.',
    rule: 'only when STS cannot be reached or fails, never after a refusal',
    task: { label: 'Fallback regions', group: 'network', text: 'One per line.' },
  },
  timeoutSeconds: {
    text: 'Time limit in seconds for everything together.',
    rule: '{least} to {most}, for everything together; a wait that does not fit is not begun',
    task: { label: 'Time limit in seconds', group: 'network' },
  },
  maxAttempts: {
    text: 'Attempts of each call, the first included. Only failures that can pass are retried: network, throttling, faults of the service; never a refusal.',
    rule: '{least} to {most}, of each call; a refusal is never retried. For very many jobs at once set {timeoutSeconds} to 300',
    task: { label: 'Attempts per call', group: 'network' },
  },
  trustPolicyFile: {
    text: "The role's trust policy, a JSON file of your repository. When AWS denies access, the log names the condition that failed.",
    rule: 'JSON file; a denial then names the condition that failed',
    pipe: { text: 'Relative to the folder that the step is in.' },
    task: { label: 'Trust policy file', formType: 'filePath', group: 'diagnosis' },
  },
  diagnose: {
    text: "Whether a failed run also asks the token's issuer for its keys, checks the signature, and asks AWS STS for its time. The results end the log.",
    rule: "after a failure, also asks the token's issuer and AWS STS, and checks the signature",
    task: { label: 'Diagnose failures', group: 'diagnosis' },
  },
};
