import { afterPolicyChange, afterProviderCommands } from './pipe-scenes.ts';
import { ROLE, type Scene } from './scene.ts';
import { AZURE_AUDIENCE, AZURE_ISSUER, azure, ORGANIZATION_ID, withAws, withOptions, withoutOption } from './setups.ts';

const OTHER_ORGANIZATION = '99999999-7777-4888-8999-000000000000';

/** Setups of Azure Pipelines as people get them wrong. */
export const TASK_SCENES: readonly Scene[] = (
  [
    {
      name: 'wrong GUID of the organization',
      setup: withAws(azure(), {
        providers: [
          { url: `https://${AZURE_ISSUER.replace(ORGANIZATION_ID, OTHER_ORGANIZATION)}`, clientIds: [AZURE_AUDIENCE] },
        ],
      }),
      code: 'IdentityTokenNotValidated',
      cause: /no identity provider for its issuer/,
      fix: /[Cc]reate the provider/,
      fixed: afterProviderCommands,
    },
    {
      name: 'connection renamed',
      setup: { ...azure(), connection: 'aws-deployment' },
      code: 'AccessDenied',
      cause: /trust policy doesn't match/,
      fix: /service connection was renamed/,
      fixed: (setup) => ({ ...setup, connection: 'aws-deploy' }),
    },
    {
      name: 'no connection, role wants `sc://`',
      setup: withoutOption(azure(), 'serviceConnection'),
      code: 'AccessDenied',
      cause: /no service connection/,
      fix: /serviceConnection/,
      fixed: () => azure(),
    },
    {
      name: 'three slashes, with trustPolicyFile',
      setup: { ...azure('sc:///acme/shop/aws-deploy'), hasPolicyFile: true },
      code: 'AccessDenied',
      cause: /three slashes/,
      fix: /sc:\/\/acme\/shop\/aws-deploy/,
      fixed: afterPolicyChange,
    },
    {
      name: 'names in another case, with trustPolicyFile',
      setup: { ...azure('sc://Acme/Shop/aws-deploy'), hasPolicyFile: true },
      code: 'AccessDenied',
      cause: /case/,
      fix: /sc:\/\/acme\/shop\/aws-deploy/,
      fixed: afterPolicyChange,
    },
    {
      name: 'no explicit reference to the connection',
      setup: { ...azure(), isUnreferenced: true },
      code: 'TokenRequestRefused',
      cause: /no explicit reference to service connection/,
      fix: /serviceConnection/,
      fixed: ({ isUnreferenced: _, ...setup }) => setup,
    },
    {
      name: '`$(deployRole)` undefined',
      setup: withOptions(azure(), { roleArn: '$(deployRole)' }),
      code: 'InvalidOptions',
      cause: /roleArn is \$\(deployRole\)/,
      fix: /^Fix: Define the variable deployRole for this job/,
      fixed: (setup) => withOptions(setup, { roleArn: ROLE }),
    },
    {
      name: 'role and region missing',
      setup: withoutOption(withoutOption(azure(), 'roleArn'), 'region'),
      code: 'InvalidOptions',
      cause: /2 options are wrong: region, roleArn.*Set region to the region.*Set roleArn to the ARN/,
      fix: /^Fix: Correct each of them:$/,
      fixed: () => azure(),
    },
  ] satisfies Omit<Scene, 'program'>[]
).map((scene) => ({ program: 'task', ...scene }));
