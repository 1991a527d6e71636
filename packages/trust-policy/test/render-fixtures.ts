import { generate, type TemplateRequest } from '../src/index.ts';
import { ENVIRONMENT, ORGANIZATION, REPOSITORY, WORKSPACE } from './support.ts';

const account = '123456789012';

/** Requests for the stored templates in fixtures/render. */
export const TEMPLATES: Readonly<Record<string, TemplateRequest>> = {
  bitbucket: {
    trust: generate({
      provider: 'bitbucket',
      workspace: 'acme',
      workspaceUuid: WORKSPACE,
      repositoryUuid: REPOSITORY,
      deploymentEnvironmentUuid: ENVIRONMENT,
      sourceIps: ['192.0.2.0/24', '198.51.100.7'],
      account,
    }),
    permissions: [
      { preset: 's3-sync', bucket: 'acme-site', prefix: 'www' },
      { preset: 'cloudfront-invalidation', distributionId: 'E1ABCDEFGHIJKL' },
      { preset: 'ecr-push', region: 'eu-central-1', repository: 'acme/site' },
    ],
  },
  'azure-devops': {
    trust: generate({
      provider: 'azure-devops',
      organizationId: ORGANIZATION,
      organization: 'acme',
      project: 'Web Shop',
      serviceConnection: 'It\'s ${1} %{b} /aws "prod" \\',
      account,
      partition: 'aws-us-gov',
    }),
    roleName: 'azure-deploy',
    maxSessionDuration: 7200,
    identityProvider: 'existing',
    permissions: [
      {
        preset: 'cloudformation-deploy',
        region: 'us-gov-west-1',
        stackName: 'site',
        executionRoleArn: 'arn:aws-us-gov:iam::123456789012:role/cfn',
      },
      { preset: 'cdk-deploy', region: 'us-gov-west-1', qualifier: 'acme' },
    ],
  },
  'hcp-terraform': {
    trust: generate({
      provider: 'hcp-terraform',
      organization: 'acme',
      project: 'net',
      workspace: 'prod',
      account,
    }),
  },
};
