import {
  type GeneratedTrust,
  type Permission,
  renderAwsCli,
  renderCloudFormation,
  renderPipelineFile,
  renderTerraform,
  renderTerraformProvider,
  type TemplateRequest,
  type TrustScope,
} from '@aws-oidc-assume/trust-policy';

/** Ways to create the identity provider and the role. */
export const INFRASTRUCTURE = ['cloudformation', 'terraform', 'aws-cli'] as const;
export type Infrastructure = (typeof INFRASTRUCTURE)[number];

/** Identity provider, role and permissions, and the pipeline that assumes the role. */
export interface Setup {
  readonly trust: GeneratedTrust;
  readonly scopes: readonly TrustScope[];
  readonly roleName: string;
  readonly maxSessionDuration: number;
  readonly permissions: readonly Permission[];
  readonly identityProvider: 'create' | 'existing';
  readonly region: string | undefined;
  readonly deployment: string | undefined;
}

/** A setup with the region that its pipeline file names. */
export interface PipelineSetup extends Setup {
  readonly region: string;
}

export interface SetupFile {
  /** Path below the folder of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly isProgram?: true;
}

/** The identity provider, the role and its permissions in one text. */
export function infrastructureText(setup: Setup, infrastructure: Infrastructure): string {
  const { trust, roleName, maxSessionDuration, permissions, identityProvider } = setup;
  const request: TemplateRequest = { trust, roleName, maxSessionDuration, permissions, identityProvider };
  switch (infrastructure) {
    case 'cloudformation':
      return renderCloudFormation(request);
    case 'terraform':
      return renderTerraform(request);
    case 'aws-cli':
      return renderAwsCli(request);
  }
}

/** Files of a setup: the infrastructure in `aws/`, and the pipeline file if there is one for the CI system. */
export function setupFiles(setup: PipelineSetup, infrastructure: Infrastructure, version: string): SetupFile[] {
  const [scope] = setup.scopes;
  const { region, permissions, deployment } = setup;
  const pipeline =
    scope &&
    renderPipelineFile({
      ...{ scope, region, permissions, roleArn: roleArnOf(setup), pipeVersion: version },
      ...(deployment === undefined ? {} : { deployment }),
    });
  const text = infrastructureText(setup, infrastructure);
  const account = setup.trust.providerArn.split(':')[4] ?? '';
  return [
    ...(pipeline === undefined ? [] : [pipeline]),
    ...{
      cloudformation: [{ path: 'aws/cloudformation.yaml', text }],
      terraform: [
        { path: 'aws/main.tf', text },
        { path: 'aws/versions.tf', text: renderTerraformProvider({ account, region }) },
      ],
      'aws-cli': [{ path: 'aws/aws-cli.sh', text, isProgram: true as const }],
    }[infrastructure],
  ];
}

/** The command that creates the infrastructure, run in the folder of the repository. */
export function createCommand({ roleName, region }: PipelineSetup, infrastructure: Infrastructure): string {
  switch (infrastructure) {
    case 'cloudformation':
      return `aws cloudformation deploy --template-file aws/cloudformation.yaml --stack-name ${stackName(roleName)} --capabilities CAPABILITY_NAMED_IAM --region ${region}`;
    case 'terraform':
      return 'terraform -chdir=aws init && terraform -chdir=aws apply';
    case 'aws-cli':
      return 'sh aws/aws-cli.sh';
  }
}

/** A stack's name has letters, digits and hyphens, and begins with a letter (CreateStack). */
function stackName(roleName: string): string {
  return `role-${roleName.replace(/[^A-Za-z0-9]+/g, '-')}`.replace(/-+$/, '').slice(0, 128);
}

function roleArnOf({ trust, roleName }: Setup): string {
  const [, partition = 'aws', , , account = ''] = trust.providerArn.split(':');
  return `arn:${partition}:iam::${account}:role/${roleName}`;
}
