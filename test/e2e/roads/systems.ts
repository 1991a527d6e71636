/** Settings of the emulator for the names that documentation and examples use. */

export const PRODUCTION = '{3c2b1a09-8f7e-4d6c-9b5a-493827160544}';
const REPOSITORY = '{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}';
const STEP = '{1f0c9a2b-1111-4222-8333-444455556666}';

/** Subjects of steps in the repository of the examples. */
export const SUBJECTS = {
  production: `${REPOSITORY}:${PRODUCTION}:${STEP}`,
  staging: `${REPOSITORY}:${STEP}:${STEP}`,
  withoutDeployment: `${REPOSITORY}:${STEP}`,
};

export const BITBUCKET = {
  bitbucket: { workspace: 'acme', workspaceUuid: '6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11' },
};

export const CONNECTION = '8c7b6a59-4837-4261-8504-f3e2d1c0b999';

interface AzureNames {
  readonly organization?: string;
  readonly organizationId?: string;
  readonly project?: string;
  /** Name of the service connection. */
  readonly connection?: string;
  readonly pipeline?: string;
}

export function azureDevOps(names: AzureNames = {}): object {
  const { organization = 'acme', project = 'shop', connection = 'aws-deploy', pipeline } = names;
  const { organizationId = '2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55' } = names;
  const settings = { organization, organizationId, project, serviceConnections: { [CONNECTION]: connection } };
  return { azureDevOps: { ...settings, ...(pipeline === undefined ? {} : { pipeline }) } };
}
