import type { Permission } from '@aws-oidc-assume/trust-policy';
import type { OptionTable, ParsedArguments } from '../cli/command.ts';

/** Permissions of the role in a setup. */
export const PERMISSION_OPTIONS: OptionTable = {
  'allow-s3-sync': { value: 'BUCKET[/PREFIX]', multiple: true, about: 'the role may sync to this bucket' },
  'allow-cloudfront-invalidation': { value: 'ID', multiple: true, about: 'the role may invalidate this distribution' },
  'allow-ecr-push': { value: 'REPOSITORY', multiple: true, about: 'the role may push images to this repository' },
  'allow-cloudformation-deploy': {
    value: 'STACK=ROLE_ARN',
    multiple: true,
    about: 'the role may deploy this stack with that execution role',
  },
  'allow-cdk-deploy': { about: 'the role may use the roles of cdk bootstrap' },
  region: { value: 'REGION', about: 'region of the resources that the permissions name' },
};

export function permissionsOf(args: ParsedArguments): Permission[] {
  const region = args.text('region') ?? '';
  return [
    ...args.list('allow-s3-sync').map((place): Permission => {
      const [bucket = '', ...prefix] = place.split('/');
      return { preset: 's3-sync', bucket, ...(prefix.length === 0 ? {} : { prefix: prefix.join('/') }) };
    }),
    ...args
      .list('allow-cloudfront-invalidation')
      .map((distributionId): Permission => ({ preset: 'cloudfront-invalidation', distributionId })),
    ...args.list('allow-ecr-push').map((repository): Permission => ({ preset: 'ecr-push', region, repository })),
    ...args.list('allow-cloudformation-deploy').map((pair): Permission => {
      const [stackName = '', executionRoleArn = ''] = pair.split('=');
      return { preset: 'cloudformation-deploy', region, stackName, executionRoleArn };
    }),
    ...(args.flag('allow-cdk-deploy') ? [{ preset: 'cdk-deploy', region } as const] : []),
  ];
}
