import { type Permission, rulesFor } from '../generate/permissions.ts';

/** A parameter of a CloudFormation template. */
export interface Parameter {
  readonly Type: 'String' | 'Number';
  readonly Description: string;
  readonly Default: string | number;
  readonly AllowedValues?: readonly string[];
  readonly AllowedPattern?: string;
  readonly MinValue?: number;
  readonly MaxValue?: number;
}

/** Fields of permissions that differ from account to account, with the parameter's name and description. */
const FIELDS = new Map([
  ['bucket', ['Bucket', 'The bucket that the job may sync to']],
  ['distributionId', ['DistributionId', 'The CloudFront distribution whose paths the job may invalidate']],
  ['repository', ['Repository', 'The ECR repository that the job may push to']],
  ['stackName', ['StackName', 'The stack that the job may deploy']],
  ['executionRoleArn', ['ExecutionRoleArn', 'The role that CloudFormation uses for the resources of the stack']],
] as const satisfies readonly (readonly [string, readonly [string, string]])[]);

export interface ParametrizedPermissions {
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** The same permissions with `${Bucket}` for the bucket, and so on. */
  readonly permissions: readonly Permission[];
}

/** Turns the names in permissions into parameters with the names as defaults. Each has the pattern that the name must match. */
export function parametrized(permissions: readonly Permission[]): ParametrizedPermissions {
  const parameters = new Map<string, Parameter>();
  const references = permissions.map((permission) => {
    const values = new Map<string, unknown>(Object.entries(permission));
    for (const [field, form] of rulesFor(permission)) {
      const [, [stem, description] = []] = [...FIELDS].find(([name]) => name === field) ?? [];
      const value = values.get(field);
      if (stem === undefined || description === undefined || typeof value !== 'string') continue;
      const name = freeName(stem, parameters);
      parameters.set(name, { Type: 'String', Description: description, Default: value, AllowedPattern: form.source });
      values.set(field, `\${${name}}`);
    }
    return { ...permission, ...Object.fromEntries(values) };
  });
  return { parameters: Object.fromEntries(parameters), permissions: references };
}

/** `Bucket`, then `Bucket2`, and so on. */
function freeName(stem: string, usedNames: ReadonlyMap<string, unknown>): string {
  let count = 1;
  const name = () => (count === 1 ? stem : `${stem}${count}`);
  while (usedNames.has(name())) count += 1;
  return name();
}
