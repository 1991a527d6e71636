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
    text: "Optional. With one, the token's subject is `sc://organization/project/connection`, its approvals and checks apply, and its role, region, session name and duration serve where the inputs below are empty. Without one the subject is `p://organization/project/pipeline`. Types: *AWS OIDC federation* (of this extension), *AWS* (of the AWS Toolkit: its keys are never read) and *Generic*.",
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
    summary: 'further hosts that may be asked for the identity token',
    text: "Names of hosts, one a line, that may be asked for the identity token and so get the job's access token. Needed only where Azure DevOps answers under another name than the job's server, `dev.azure.com` or `*.visualstudio.com`.",
    rule: "without it, the job's access token goes only to its own server",
    task: { label: 'Further token hosts', group: 'network' },
  },
};

/** Choices of the input `expose` in the form. */
export const EXPOSE_LABELS: Readonly<Record<ExposeModeName, string>> = {
  environment: 'Environment variables of all later steps',
  'secret-variables': 'Secret variables, mapped by hand with env:',
  profile: 'AWS profiles in files',
  'credential-process': 'AWS profile that renews itself',
};
