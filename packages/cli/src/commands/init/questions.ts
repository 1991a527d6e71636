import {
  generateAll,
  type Permission,
  type PermissionTarget,
  partitionOfRegion,
  permissionPolicy,
  ScopeError,
} from '@aws-oidc-assume/trust-policy';
import { flagOf, type ParsedArguments } from '../../cli/command.ts';
import type { Choice, Prompts, Question } from '../../context.ts';
import { trustRequest } from '../../options/scope-options.ts';
import type { Infrastructure } from '../../setup/setup.ts';

/** CI systems that a pipeline file can be written for. */
export const SYSTEMS = ['bitbucket', 'azure-devops'] as const;
export type InitSystem = (typeof SYSTEMS)[number];

const SYSTEM_CHOICES: readonly Choice<InitSystem>[] = [
  { value: 'bitbucket', label: 'Bitbucket Pipelines' },
  { value: 'azure-devops', label: 'Azure Pipelines' },
];

const INFRASTRUCTURE_CHOICES: readonly Choice<Infrastructure>[] = [
  { value: 'cloudformation', label: 'CloudFormation' },
  { value: 'terraform', label: 'Terraform' },
  { value: 'aws-cli', label: 'AWS CLI' },
];

/** A question for one field of the scope. */
type ScopeQuestion = Omit<Question, 'check'> & { readonly field: string };

const BITBUCKET: readonly ScopeQuestion[] = [
  { field: 'workspace', message: 'Workspace, as in its URL', sample: 'acme' },
  {
    field: 'workspaceUuid',
    message: 'UUID of the workspace (Repository settings › OpenID Connect: the end of the audience)',
    sample: '6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11',
  },
  {
    field: 'repositoryUuid',
    message: 'UUID of the repository (the same page)',
    sample: '{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}',
  },
  {
    field: 'deploymentEnvironmentUuid',
    message:
      'UUID of the deployment environment that the role is for (the same page). Empty: every step of the repository',
    isOptional: true,
  },
];

const AZURE_DEVOPS: readonly ScopeQuestion[] = [
  { field: 'organization', message: 'Organization, as in https://dev.azure.com/<organization>', sample: 'acme' },
  {
    field: 'organizationId',
    message: 'GUID of the organization (instanceId of https://dev.azure.com/<organization>/_apis/connectionData)',
    sample: '2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55',
  },
  { field: 'project', message: 'Project', sample: 'shop' },
];

/** Asks for everything that the options leave open. @returns the options with the answers */
export async function askMissing(args: ParsedArguments, ask: Prompts): Promise<ParsedArguments> {
  const system = systemOf(args) ?? (await ask.choose('CI system', SYSTEM_CHOICES));
  const dialog = new Dialog(args.with({ system }), ask, system);
  if (system === 'bitbucket') await askBitbucket(dialog);
  else await askAzureDevOps(dialog);
  await dialog.text('account', { message: 'AWS account', sample: '123456789012' }, dialog.scopeCheck('account'));
  await dialog.text('region', { message: 'AWS region', sample: 'eu-west-1' }, (region) =>
    problemOf([{ preset: 'cdk-deploy', region }], dialog.place(region)),
  );
  const { partition } = dialog.place(dialog.args.text('region') ?? '');
  if (partition !== 'aws') dialog.set('partition', partition);
  if (!dialog.hasPermission()) await askPermission(dialog);
  if (dialog.args.text('format') === undefined) {
    dialog.set('format', await ask.choose('Create the identity provider and the role with', INFRASTRUCTURE_CHOICES));
  }
  if (!dialog.args.flag('existing-provider')) await askProvider(dialog);
  return dialog.args;
}

export function systemOf(args: ParsedArguments): InitSystem | undefined {
  const name = args.text('system');
  return SYSTEMS.find((system) => system === name);
}

/** Options, completed by answers. */
class Dialog {
  args: ParsedArguments;
  readonly ask: Prompts;
  readonly #system: InitSystem;

  constructor(args: ParsedArguments, ask: Prompts, system: InitSystem) {
    this.args = args;
    this.ask = ask;
    this.#system = system;
  }

  set(option: string, value: string | readonly string[] | boolean): void {
    this.args = this.args.with({ [option]: value });
  }

  has(option: string): boolean {
    return this.args.text(option) !== undefined || this.args.list(option).length > 0;
  }

  hasPermission(): boolean {
    return ['s3-sync', 'cloudfront-invalidation', 'ecr-push', 'cloudformation-deploy', 'cdk-deploy'].some(
      (preset) => this.has(`allow-${preset}`) || this.args.flag(`allow-${preset}`),
    );
  }

  /** Account and partition of the role. The region determines the partition unless an option does. */
  place(region: string): Required<Omit<PermissionTarget, 'isReference'>> {
    return {
      account: this.args.text('account') ?? '',
      partition: this.args.text('partition') ?? partitionOfRegion(region),
    };
  }

  /** Asks for an option with one value. */
  async text(option: string, question: Question, check: (answer: string) => string | undefined): Promise<void> {
    if (this.has(option)) return;
    const answer = await this.ask.text({ ...question, check });
    if (answer !== '') this.set(option, answer);
  }

  async scope({ field, ...question }: ScopeQuestion): Promise<void> {
    const option = flagOf(field);
    if (this.has(option)) return;
    const answer = await this.ask.text({ ...question, check: this.scopeCheck(field) });
    if (answer !== '') this.set(option, [answer]);
  }

  /** Checks one field by the rules of the trust policy, independently of the other fields. */
  scopeCheck(field: string): (answer: string) => string | undefined {
    return (answer) => {
      try {
        const value = field === 'account' ? answer : [answer];
        const { scopes, target } = trustRequest(this.#system, this.args.with({ [flagOf(field)]: value }));
        generateAll(scopes, target);
        return undefined;
      } catch (error) {
        if (!(error instanceof ScopeError)) throw error;
        const problem = error.problems.find((one) => one.field.replace(/^scopes\[\d+\]\./, '') === field);
        return problem === undefined ? undefined : `It ${problem.reason}.`;
      }
    };
  }
}

async function askBitbucket(dialog: Dialog): Promise<void> {
  for (const question of BITBUCKET) await dialog.scope(question);
  if (!dialog.has('deployment-environment-uuid')) return;
  const name = { message: 'Name of that environment, for the pipeline file', sample: 'production' };
  await dialog.text('deployment', name, () => undefined);
}

async function askAzureDevOps(dialog: Dialog): Promise<void> {
  for (const question of AZURE_DEVOPS) await dialog.scope(question);
  if (dialog.has('service-connection') || dialog.has('pipeline')) return;
  const field = await dialog.ask.choose('The role is for', [
    { value: 'serviceConnection', label: 'a service connection, with its approvals and checks' },
    { value: 'pipeline', label: 'a pipeline that uses no service connection' },
  ]);
  await dialog.scope({
    field,
    message: field === 'pipeline' ? 'Name of the pipeline' : 'Name of the service connection',
  });
}

async function askPermission(dialog: Dialog): Promise<void> {
  const region = dialog.args.text('region') ?? '';
  const job = await dialog.ask.choose('The pipeline deploys', [
    { value: 'site', label: 'a site: files to an S3 bucket' },
    { value: 'image', label: 'an image to an ECR repository' },
    { value: 'stack', label: 'a CloudFormation stack' },
    { value: 'cdk', label: 'a CDK app' },
    { value: 'nothing', label: 'nothing yet' },
  ]);
  switch (job) {
    case 'site':
      await askList(dialog, 'allow-s3-sync', { message: 'Bucket', sample: 'acme-site' }, (bucket) => [
        { preset: 's3-sync', bucket },
      ]);
      await askList(
        dialog,
        'allow-cloudfront-invalidation',
        { message: 'ID of its CloudFront distribution. Empty: none', isOptional: true },
        (distributionId) => [{ preset: 'cloudfront-invalidation', distributionId }],
      );
      break;
    case 'image':
      await askList(dialog, 'allow-ecr-push', { message: 'ECR repository', sample: 'acme/shop' }, (repository) => [
        { preset: 'ecr-push', region, repository },
      ]);
      break;
    case 'stack':
      await askStack(dialog, region);
      break;
    case 'cdk':
      dialog.set('allow-cdk-deploy', true);
      break;
    case 'nothing':
      break;
  }
}

async function askStack(dialog: Dialog, region: string): Promise<void> {
  const place = dialog.place(region);
  const sample = `arn:${place.partition}:iam::${place.account}:role/shop-stack-execution`;
  const sampleFields = { preset: 'cloudformation-deploy', region, stackName: 'x', executionRoleArn: sample } as const;
  const stackName = await dialog.ask.text({
    message: 'Name of the stack',
    sample: 'shop',
    check: (answer) => problemOf([{ ...sampleFields, stackName: answer }], place),
  });
  const executionRoleArn = await dialog.ask.text({
    message: 'ARN of the role that CloudFormation uses for the resources of the stack',
    sample,
    check: (answer) => problemOf([{ ...sampleFields, executionRoleArn: answer }], place),
  });
  dialog.set('allow-cloudformation-deploy', [`${stackName}=${executionRoleArn}`]);
}

async function askList(
  dialog: Dialog,
  option: string,
  question: Question,
  permissions: (answer: string) => readonly Permission[],
): Promise<void> {
  const place = dialog.place(dialog.args.text('region') ?? '');
  const answer = await dialog.ask.text({ ...question, check: (text) => problemOf(permissions(text), place) });
  if (answer !== '') dialog.set(option, [answer]);
}

/** Describes the first problem of the permissions. */
function problemOf(permissions: readonly Permission[], place: PermissionTarget): string | undefined {
  try {
    permissionPolicy(permissions, place);
    return undefined;
  } catch (error) {
    if (!(error instanceof ScopeError)) throw error;
    return `It ${error.problems[0]?.reason}.`;
  }
}

async function askProvider(dialog: Dialog): Promise<void> {
  const answer = await dialog.ask.choose('Does the account have the identity provider already?', [
    { value: 'no', label: 'no: create it' },
    { value: 'yes', label: 'yes: an account has one for each workspace or organization' },
  ]);
  if (answer === 'yes') dialog.set('existing-provider', true);
}
