/**
 * Simulates CloudFormation, with change sets that are executed immediately. It creates the resources that other parts
 * of this cloud use: roles, identity providers, buckets, distributions and repositories. Others only get a name.
 */
import {
  ACCOUNT,
  type Answer,
  type Call,
  type Needed,
  REGION,
  type Service,
  ServiceError,
  unknownCall,
} from './call.ts';
import type { CloudFront } from './cloudfront.ts';
import type { Ecr } from './ecr.ts';
import type { Iam } from './iam.ts';
import type { S3 } from './s3.ts';
import type { Ssm } from './ssm.ts';
import { type Created, parseTemplate, type Resource, type Template, TemplateValues } from './template.ts';
import { QueryCall, queryAnswer, queryError } from './xml.ts';

export interface Stack {
  readonly name: string;
  readonly body: string;
  readonly resources: ReadonlyMap<string, Created & { readonly type: string }>;
  readonly outputs: ReadonlyMap<string, string>;
  readonly roleArn: string;
}

export interface Deployment {
  /** Name of the stack. */
  readonly stack: string;
  /** Text of the template. */
  readonly body: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** Execution role, or an empty text. */
  readonly roleArn: string;
}

interface ChangeSet extends Deployment {
  readonly name: string;
  executed: boolean;
}

interface Parts {
  readonly iam: Iam;
  readonly s3: S3;
  readonly cloudFront: CloudFront;
  readonly ecr: Ecr;
  readonly ssm: Ssm;
}

/** Policies of AWS that the template of `cdk bootstrap` attaches. */
const MANAGED_POLICIES: Readonly<Record<string, object>> = {
  AWSCloudFormationReadOnlyAccess: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'cloudformation:Describe*',
          'cloudformation:EstimateTemplateCost',
          'cloudformation:Get*',
          'cloudformation:List*',
          'cloudformation:ValidateTemplate',
          'cloudformation:Detect*',
        ],
        Resource: '*',
      },
    ],
  },
};

const DATE = '2026-01-01T00:00:00Z';

export class CloudFormation implements Service {
  readonly stacks = new Map<string, Stack>();
  readonly #changeSets = new Map<string, ChangeSet>();
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  owns(host: string): boolean {
    return host === `cloudformation.${REGION}.amazonaws.com`;
  }

  needs(call: Call): readonly Needed[] {
    const query = new QueryCall(call);
    const { action } = query;
    const roleArn = query.get('RoleARN');
    const passed = {
      action: 'iam:PassRole',
      resource: roleArn,
      context: { 'iam:PassedToService': 'cloudformation.amazonaws.com' },
    };
    return [
      { action: `cloudformation:${action}`, resource: stackArn(stackName(query)) },
      ...(roleArn === '' ? [] : [passed]),
    ];
  }

  async answer(call: Call): Promise<Answer> {
    const query = new QueryCall(call);
    const handler = this.#handlers[query.action] ?? unknownCall(`cloudformation:${query.action}`);
    return queryAnswer(query.action, await handler(query));
  }

  fail(error: ServiceError): Answer {
    return queryError(error);
  }

  readonly #handlers: Readonly<Record<string, (query: QueryCall) => Promise<object> | object>> = {
    DescribeStacks: (query) => this.#describeStacks(query),
    CreateChangeSet: (query) => this.#createChangeSet(query),
    DescribeChangeSet: (query) => this.#describeChangeSet(query),
    ExecuteChangeSet: async (query) => {
      const changeSet = this.#changeSet(query);
      await this.deploy(changeSet);
      changeSet.executed = true;
      return {};
    },
    DeleteChangeSet: (query) => {
      this.#changeSets.delete(changeSetName(query));
      return {};
    },
    DescribeStackEvents: () => ({ StackEvents: [] }),
    DescribeEvents: () => ({ OperationEvents: [] }),
    // A stack that only has a change set has no template yet.
    GetTemplate: (query) => (this.#isInReview(query) ? {} : { TemplateBody: this.#stack(query).body }),
    ListStackResources: (query) => ({
      StackResourceSummaries: [...this.#stack(query).resources].map(([name, { id, type }]) => ({
        LogicalResourceId: name,
        PhysicalResourceId: id,
        ResourceType: type,
        ResourceStatus: 'CREATE_COMPLETE',
        LastUpdatedTimestamp: DATE,
      })),
    }),
  };

  #stack(query: QueryCall): Stack {
    const name = stackName(query);
    const stack = this.stacks.get(name);
    if (stack === undefined) throw new ServiceError('ValidationError', `Stack with id ${name} does not exist`);
    return stack;
  }

  #isInReview(query: QueryCall): boolean {
    const name = stackName(query);
    return !this.stacks.has(name) && [...this.#changeSets.values()].some(({ stack }) => stack === name);
  }

  #describeStacks(query: QueryCall): object {
    const name = stackName(query);
    const isInReview = this.#isInReview(query);
    const { outputs = new Map<string, string>(), roleArn } = isInReview ? {} : this.#stack(query);
    const described = {
      StackName: name,
      StackId: stackArn(name),
      CreationTime: DATE,
      StackStatus: isInReview ? 'REVIEW_IN_PROGRESS' : 'CREATE_COMPLETE',
      RoleARN: roleArn || undefined,
      Parameters: [],
      Tags: [],
      Outputs: [...outputs].map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
    };
    return { Stacks: [described] };
  }

  async #createChangeSet(query: QueryCall): Promise<object> {
    const url = query.get('TemplateURL');
    const body = url === '' ? query.get('TemplateBody') : await this.#parts.s3.read(new URL(url));
    const changeSet = {
      stack: stackName(query),
      name: query.get('ChangeSetName'),
      body,
      parameters: new Map(query.pairs('Parameters', 'ParameterKey', 'ParameterValue')),
      roleArn: query.get('RoleARN'),
      executed: false,
    };
    this.#changeSets.set(changeSet.name, changeSet);
    return { Id: changeSetArn(changeSet.name), StackId: stackArn(changeSet.stack) };
  }

  #changeSet(query: QueryCall): ChangeSet {
    const name = changeSetName(query);
    const changeSet = this.#changeSets.get(name);
    if (changeSet === undefined) throw new ServiceError('ChangeSetNotFound', `ChangeSet [${name}] does not exist`, 404);
    return changeSet;
  }

  #describeChangeSet(query: QueryCall): object {
    const { name, stack, body, executed } = this.#changeSet(query);
    const changes = Object.entries(parseTemplate(body).Resources).map(([LogicalResourceId, { Type }]) => ({
      Type: 'Resource',
      ResourceChange: { Action: 'Add', LogicalResourceId, ResourceType: Type },
    }));
    return {
      ChangeSetName: name,
      ChangeSetId: changeSetArn(name),
      StackName: stack,
      StackId: stackArn(stack),
      Status: 'CREATE_COMPLETE',
      ExecutionStatus: executed ? 'EXECUTE_COMPLETE' : 'AVAILABLE',
      CreationTime: DATE,
      Changes: changes,
    };
  }

  /** Creates the resources of a template. @throws ServiceError */
  async deploy({ stack, body, parameters, roleArn }: Deployment): Promise<void> {
    const template = parseTemplate(body);
    const created = new Map<string, Created & { readonly type: string }>();
    const values = new TemplateValues(template, stack, parameters, created);
    let left = Object.entries(template.Resources).filter(([, { Condition }]) => values.holds(Condition));
    while (left.length > 0) {
      const postponed: typeof left = [];
      let reason: unknown;
      for (const [name, resource] of left) {
        try {
          const properties = values.evaluate(resource.Properties ?? {}) as Readonly<Record<string, unknown>>;
          created.set(name, { ...(await this.#create(name, resource, properties)), type: resource.Type });
        } catch (error) {
          reason = error;
          postponed.push([name, resource]);
        }
      }
      if (postponed.length === left.length) throw reason;
      left = postponed;
    }
    const outputs = new Map(outputsOf(template, values));
    this.stacks.set(stack, { name: stack, body, resources: created, outputs, roleArn });
  }

  async #create(name: string, { Type }: Resource, properties: Readonly<Record<string, unknown>>): Promise<Created> {
    const { iam, s3, cloudFront, ecr } = this.#parts;
    const text = (property: string, fallback = name) => String(properties[property] ?? fallback);
    switch (Type) {
      case 'AWS::IAM::Role':
        return createRole(iam, text('RoleName'), properties);
      case 'AWS::IAM::Policy':
        for (const role of properties['Roles'] as readonly string[]) {
          iam.roles.get(role)?.policies.set(text('PolicyName'), properties['PolicyDocument'] as object);
        }
        return { id: name };
      case 'AWS::SSM::Parameter':
        this.#parts.ssm.parameters.set(text('Name'), text('Value'));
        return { id: text('Name') };
      case 'AWS::IAM::OIDCProvider':
        return { id: iam.createProvider(text('Url'), properties['ClientIdList'] as readonly string[]) };
      case 'AWS::S3::Bucket': {
        const bucket = text('BucketName');
        await s3.createBucket(bucket);
        const domain = `${bucket}.s3.${REGION}.amazonaws.com`;
        return { id: bucket, attributes: { Arn: `arn:aws:s3:::${bucket}`, RegionalDomainName: domain } };
      }
      case 'AWS::CloudFront::Distribution': {
        const id = cloudFront.createDistribution();
        return { id, attributes: { Id: id, DomainName: `${id.toLowerCase()}.cloudfront.net` } };
      }
      case 'AWS::ECR::Repository': {
        const repository = text('RepositoryName');
        ecr.repositories.add(repository);
        const uri = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${repository}`;
        return {
          id: repository,
          attributes: { Arn: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${repository}`, RepositoryUri: uri },
        };
      }
      default:
        return { id: name, attributes: { Id: name, Arn: `arn:aws:x:${REGION}:${ACCOUNT}:${name}` } };
    }
  }
}

function createRole(iam: Iam, name: string, properties: Readonly<Record<string, unknown>>): Created {
  const policies = (properties['Policies'] ?? []) as readonly { PolicyName: string; PolicyDocument: object }[];
  const role = iam.createRole(
    name,
    properties['AssumeRolePolicyDocument'] as object,
    Number(properties['MaxSessionDuration'] ?? 3600),
  );
  for (const { PolicyName, PolicyDocument } of policies) role.policies.set(PolicyName, PolicyDocument);
  for (const arn of (properties['ManagedPolicyArns'] ?? []) as readonly string[]) {
    const managed = MANAGED_POLICIES[arn.split('/').at(-1) ?? ''];
    if (managed !== undefined) role.policies.set(arn, managed);
  }
  return { id: name, attributes: { Arn: `arn:aws:iam::${ACCOUNT}:role/${name}` } };
}

function outputsOf({ Outputs = {} }: Template, values: TemplateValues): [string, string][] {
  return Object.entries(Outputs)
    .filter(([, { Condition }]) => values.holds(Condition))
    .map(([name, { Value }]) => [name, String(values.evaluate(Value))]);
}

function stackArn(name: string): string {
  return `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${name}/11111111-2222-4333-8444-555555555555`;
}

function changeSetArn(name: string): string {
  return `arn:aws:cloudformation:${REGION}:${ACCOUNT}:changeSet/${name}/11111111-2222-4333-8444-555555555555`;
}

/** Calls name a stack or a change set by its name or its ARN. */
function stackName(query: QueryCall): string {
  return nameIn(query.get('StackName'));
}

function changeSetName(query: QueryCall): string {
  return nameIn(query.get('ChangeSetName'));
}

function nameIn(text: string): string {
  return text.startsWith('arn:') ? (text.split('/')[1] ?? '') : text;
}
