import type { PermissionStatement } from '../generate/permissions.ts';
import { permissionPolicy } from '../generate/permissions.ts';
import { issuerPath } from '../policy/arn.ts';
import type { TrustPolicy } from '../token/trust-statement.ts';
import { type Parameter, parametrized } from './cloudformation-parameters.ts';
import { type Template, type TemplateRequest, template } from './template.ts';
import { yaml } from './yaml.ts';

/** Names of the template. */
const PROVIDER = 'IdentityProvider';
const CREATES_PROVIDER = 'CreatesIdentityProvider';

/**
 * Writes a CloudFormation template in YAML: the same text for the same input. It names no account and no partition, so it
 * fits a StackSet. Names are parameters; the scope is not, because a parameter would not be checked.
 *
 * @throws ScopeError naming every field that is wrong.
 */
export function renderCloudFormation(request: TemplateRequest): string {
  const plan = template(request);
  const { presets, trust } = plan;
  const { parameters, permissions } = parametrized(presets);
  const document = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `${plan.description}. Deploy with --capabilities CAPABILITY_NAMED_IAM.`,
    Parameters: { ...roleParameters(plan), ...parameters },
    Conditions: { [CREATES_PROVIDER]: { 'Fn::Equals': [{ Ref: 'CreateIdentityProvider' }, 'true'] } },
    Resources: {
      [PROVIDER]: {
        Type: 'AWS::IAM::OIDCProvider',
        Condition: CREATES_PROVIDER,
        // Every role of the account that trusts the provider stops working without it.
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: { Url: trust.providerUrl, ClientIdList: trust.clientIds },
      },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: { Ref: 'RoleName' },
          Description: plan.description,
          MaxSessionDuration: { Ref: 'MaxSessionDuration' },
          AssumeRolePolicyDocument: trustPolicy(trust.trustPolicy, trust.providerUrl),
          ...(permissions.length === 0
            ? {}
            : { Policies: [{ PolicyName: { Ref: 'RoleName' }, PolicyDocument: policyDocument(permissions) }] }),
        },
      },
    },
    Outputs: {
      RoleArn: { Description: 'The role for the CI job to assume', Value: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    },
  };
  return `${yaml(document).join('\n')}\n`;
}

function roleParameters({ roleName, maxSessionDuration, createProvider }: Template): Record<string, Parameter> {
  return {
    CreateIdentityProvider: {
      Type: 'String',
      Description: 'Whether to create the identity provider. An account has one for each issuer.',
      Default: String(createProvider),
      AllowedValues: ['true', 'false'],
    },
    RoleName: {
      Type: 'String',
      Description: 'The name of the role',
      Default: roleName,
      AllowedPattern: '^[\\w+=,.@-]{1,64}$',
    },
    MaxSessionDuration: {
      Type: 'Number',
      Description: 'The longest session of the role in seconds',
      Default: maxSessionDuration,
      MinValue: 3600,
      MaxValue: 43_200,
    },
  };
}

function trustPolicy(policy: TrustPolicy, issuer: string): object {
  const existing = `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:oidc-provider/${issuerPath(issuer)}`;
  // The reference also makes CloudFormation create the provider before the role.
  const Federated = { 'Fn::If': [CREATES_PROVIDER, { Ref: PROVIDER }, { 'Fn::Sub': existing }] };
  return { ...policy, Statement: policy.Statement.map((statement) => ({ ...statement, Principal: { Federated } })) };
}

function policyDocument(permissions: Parameters<typeof permissionPolicy>[0]): object {
  const policy = permissionPolicy(permissions, {
    account: '${AWS::AccountId}',
    partition: '${AWS::Partition}',
    isReference: isReference,
  });
  return { ...policy, Statement: policy.Statement.map(substituted) };
}

function isReference(value: string): boolean {
  return value.startsWith('${');
}

/** The same statement with `Fn::Sub` around resources that refer to parameters. */
function substituted(statement: PermissionStatement): object {
  const substitute = (resource: string) => (resource.includes('${') ? { 'Fn::Sub': resource } : resource);
  const { Resource } = statement;
  return { ...statement, Resource: typeof Resource === 'string' ? substitute(Resource) : Resource.map(substitute) };
}
