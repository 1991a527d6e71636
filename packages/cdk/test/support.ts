import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { App, type Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

export const ACCOUNT = '123456789012';
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/deploy`;

export function newStack(env: Environment = { account: ACCOUNT, region: 'eu-west-1' }): Stack {
  return new Stack(new App(), 'CiRoles', { env });
}

/** The template for CloudFormation, without the parts that the CDK adds to every template. */
export function templateOf(stack: Stack): Record<string, unknown> {
  const { Parameters: _version, Rules: _rules, ...own } = Template.fromStack(stack).toJSON();
  return own;
}

/** Compares with the committed template; UPDATE_TEMPLATES=1 writes it. */
export function assertTemplate(stack: Stack, name: string): void {
  const file = fileURLToPath(new URL(`templates/${name}.json`, import.meta.url));
  const template = templateOf(stack);
  if (process.env['UPDATE_TEMPLATES'] === '1') writeFileSync(file, `${JSON.stringify(template, null, 2)}\n`);
  assert.ok(existsSync(file), `${file} is missing: write it with UPDATE_TEMPLATES=1`);
  assert.deepEqual(template, JSON.parse(readFileSync(file, 'utf8')));
}

interface RoleResource {
  readonly Type: string;
  readonly Properties: { readonly AssumeRolePolicyDocument: unknown };
}

/**
 * The statements of the only policy that the constructs attach to a role, with references resolved as in a deployed
 * stack.
 */
export function deployedPermissions(stack: Stack): unknown {
  const resources = Object.values(templateOf(stack)['Resources'] as Record<string, PolicyResource>);
  const [policy, ...more] = resources.filter(({ Type }) => Type === 'AWS::IAM::Policy');
  assert.equal(more.length, 0);
  return deployedValue(policy?.Properties.PolicyDocument);
}

interface PolicyResource {
  readonly Type: string;
  readonly Properties: { readonly PolicyDocument: unknown };
}

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': 'eu-west-1',
};

function deployedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deployedValue);
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Record<string, unknown>;
  if ('Ref' in members) return PSEUDO_PARAMETERS[String(members['Ref'])] ?? members;
  if (Array.isArray(members['Fn::Join'])) {
    const [separator, parts] = members['Fn::Join'] as [string, unknown[]];
    return parts.map(deployedValue).join(separator);
  }
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, deployedValue(member)]));
}

/** The trust policy of the only role, as IAM has it after deployment. */
export function deployedTrustPolicy(stack: Stack, providerArn: string): unknown {
  const resources = Object.values(templateOf(stack)['Resources'] as Record<string, RoleResource>);
  const [role, ...more] = resources.filter(({ Type }) => Type === 'AWS::IAM::Role');
  assert.equal(more.length, 0);
  return resolved(role?.Properties.AssumeRolePolicyDocument, providerArn);
}

/** Resolves a reference in the trust policy, which is to the provider's ARN or to a part of it. */
function resolved(value: unknown, providerArn: string): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, providerArn));
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Record<string, unknown>;
  if ('Ref' in members || 'Fn::GetAtt' in members || 'Fn::Join' in members) return providerArn;
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, resolved(member, providerArn)]));
}
