// Texts about the inputs that only the task has. No bundle contains them; see `scripts/options.ts`.
import type { ExtraOption } from '@aws-oidc-assume/shared/option-help';
import type { ExposeModeName } from '../expose/modes.ts';
import type { TASK_INPUTS } from './inputs.ts';
import { CONNECTION_TYPE } from './service-connection.ts';

export const INPUTS_HELP: Readonly<Record<(typeof TASK_INPUTS)[number], ExtraOption>> = {
  serviceConnection: {
    name: 'serviceConnection',
    kind: 'text',
    formType: `connectedService:${CONNECTION_TYPE},AWS,Generic`,
    after: undefined,
    summary: "service connection; decides the token's subject and may hold role, region, session name and duration",
    text: "Optional. With one, the token's subject is `sc://organization/project/connection`, its approvals and checks apply, and its role, region, session name and duration are used if the inputs below are empty. Without one the subject is `p://organization/project/pipeline`. Types: *AWS OIDC federation* (of this extension), *AWS* (of the AWS Toolkit: its keys are never read) and *Generic*.",
    rule: "by name; decides the token's subject",
    task: { label: 'Service connection', aliases: ['awsCredentials'] },
  },
  jobSummary: {
    name: 'jobSummary',
    kind: 'switch',
    default: true,
    after: 'trustPolicyFile',
    summary: "summary on the run's Extensions tab",
    text: "Shows role, account, subject and expiry on the run's Extensions tab. Switch it off in steps with `target: commands: restricted`, where the agent would warn.",
    rule: "role, account, subject and expiry on the run's Extensions tab",
    task: { label: 'Job summary', group: 'diagnosis' },
  },
  tokenHosts: {
    name: 'tokenHosts',
    kind: 'list',
    after: 'stsFallbackRegions',
    summary: 'additional hosts that may be asked for the identity token',
    text: "Host names, one per line, that may be asked for the identity token and so get the job's access token. Needed only if Azure DevOps answers under another name than the job's server, `dev.azure.com` or `*.visualstudio.com`.",
    rule: "without it, the job's access token goes only to its own server",
    task: { label: 'Additional token hosts', group: 'network' },
  },
};

/** Choices of the input `region` in the form, which accepts other text too. Source: AWS General Reference, commercial regions. */
const REGION_LABELS = {
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-west-1': 'US West (N. California)',
  'us-west-2': 'US West (Oregon)',
  'af-south-1': 'Africa (Cape Town)',
  'ap-east-1': 'Asia Pacific (Hong Kong)',
  'ap-northeast-1': 'Asia Pacific (Tokyo)',
  'ap-northeast-2': 'Asia Pacific (Seoul)',
  'ap-northeast-3': 'Asia Pacific (Osaka)',
  'ap-south-1': 'Asia Pacific (Mumbai)',
  'ap-south-2': 'Asia Pacific (Hyderabad)',
  'ap-southeast-1': 'Asia Pacific (Singapore)',
  'ap-southeast-2': 'Asia Pacific (Sydney)',
  'ap-southeast-3': 'Asia Pacific (Jakarta)',
  'ap-southeast-4': 'Asia Pacific (Melbourne)',
  'ap-southeast-5': 'Asia Pacific (Malaysia)',
  'ap-southeast-7': 'Asia Pacific (Thailand)',
  'ca-central-1': 'Canada (Central)',
  'ca-west-1': 'Canada West (Calgary)',
  'eu-central-1': 'Europe (Frankfurt)',
  'eu-central-2': 'Europe (Zurich)',
  'eu-north-1': 'Europe (Stockholm)',
  'eu-south-1': 'Europe (Milan)',
  'eu-south-2': 'Europe (Spain)',
  'eu-west-1': 'Europe (Ireland)',
  'eu-west-2': 'Europe (London)',
  'eu-west-3': 'Europe (Paris)',
  'il-central-1': 'Israel (Tel Aviv)',
  'me-central-1': 'Middle East (UAE)',
  'me-south-1': 'Middle East (Bahrain)',
  'mx-central-1': 'Mexico (Central)',
  'sa-east-1': 'South America (São Paulo)',
};

/** Choices of the input `expose` in the form. */
const EXPOSE_LABELS: Readonly<Record<ExposeModeName, string>> = {
  environment: 'Environment variables of all later steps',
  'secret-variables': 'Secret variables, mapped by hand with env:',
  profile: 'AWS profiles in files',
  'credential-process': 'AWS profile that renews itself',
};

/** Choices of the pick lists of the form, by input. */
export const CHOICES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  expose: EXPOSE_LABELS,
  region: Object.fromEntries(Object.entries(REGION_LABELS).map(([region, label]) => [region, `${label} [${region}]`])),
};
