import { type TemplateRequest, template } from './template.ts';

/**
 * A CloudFormation template in YAML, the same text for the same input.
 *
 * @throws ScopeError naming every field that is wrong.
 */
export function renderCloudFormation(request: TemplateRequest): string {
  const { trust, roleName, description, maxSessionDuration, permissions, createProvider } = template(request);
  const provider = {
    Type: 'AWS::IAM::OIDCProvider',
    Properties: { Url: trust.providerUrl, ClientIdList: trust.clientIds },
  };
  const trustPolicy = createProvider
    ? {
        ...trust.trustPolicy,
        Statement: trust.trustPolicy.Statement.map((statement) => ({
          ...statement,
          // The reference also makes CloudFormation create the provider before the role.
          Principal: { Federated: { Ref: 'IdentityProvider' } },
        })),
      }
    : trust.trustPolicy;
  const role = {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: roleName,
      Description: description,
      MaxSessionDuration: maxSessionDuration,
      AssumeRolePolicyDocument: trustPolicy,
      ...(permissions === undefined ? {} : { Policies: [{ PolicyName: roleName, PolicyDocument: permissions }] }),
    },
  };
  const document = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `${description}. Deploy with --capabilities CAPABILITY_NAMED_IAM.`,
    Resources: { ...(createProvider ? { IdentityProvider: provider } : {}), Role: role },
    Outputs: {
      RoleArn: { Description: 'The role for the CI job to assume', Value: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    },
  };
  return `${yaml(document, 0).join('\n')}\n`;
}

/** Block-style YAML of plain data. Every string is quoted as JSON, which YAML 1.2 reads the same way. */
function yaml(value: unknown, depth: number): string[] {
  const indent = '  '.repeat(depth);
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => {
      if (!isContainer(item)) return [`${indent}- ${JSON.stringify(item)}`];
      return yaml(item, depth + 1).map((line, index) => (index === 0 ? `${indent}- ${line.trimStart()}` : line));
    });
  }
  return Object.entries(value ?? {}).flatMap(([key, member]: [string, unknown]) => {
    const name = /^[A-Za-z][A-Za-z0-9]*$/.test(key) ? key : JSON.stringify(key);
    return isContainer(member)
      ? [`${indent}${name}:`, ...yaml(member, depth + 1)]
      : [`${indent}${name}: ${JSON.stringify(member)}`];
  });
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object';
}
