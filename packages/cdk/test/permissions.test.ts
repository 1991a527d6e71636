import assert from 'node:assert/strict';
import { type Permission, permissionPolicy } from '@aws-oidc-assume/trust-policy';
import type { Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { BitbucketOidcProvider, BitbucketOidcRole, BitbucketScope } from '../src/index.ts';
import { ACCOUNT, deployedPermissions, newStack, templateOf } from './support.ts';

const WORKSPACE = { workspace: 'acme', workspaceUuid: '{6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11}' };
const EXECUTION_ROLE = `arn:aws:iam::${ACCOUNT}:role/shop-stack-execution`;

function newRole(stack: Stack): BitbucketOidcRole {
  const provider = BitbucketOidcProvider.fromAccount(stack, 'Provider', WORKSPACE);
  const trust = [BitbucketScope.repository('b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22')];
  return new BitbucketOidcRole(stack, 'Deploy', { provider, trust });
}

interface Case {
  readonly name: string;
  readonly allow: (role: BitbucketOidcRole) => void;
  readonly permissions: readonly Permission[];
}

const region = 'eu-west-1';
const CASES: readonly Case[] = [
  {
    name: 'allowS3Sync',
    allow: (role) => role.allowS3Sync('acme-site'),
    permissions: [{ preset: 's3-sync', bucket: 'acme-site' }],
  },
  {
    name: 'allowS3Sync with a prefix and without deletion',
    allow: (role) => role.allowS3Sync('acme-site', { prefix: 'docs/v1', allowDelete: false }),
    permissions: [{ preset: 's3-sync', bucket: 'acme-site', prefix: 'docs/v1', allowDelete: false }],
  },
  {
    name: 'allowCloudFrontInvalidation',
    allow: (role) => role.allowCloudFrontInvalidation('E1EXAMPLE2SITE'),
    permissions: [{ preset: 'cloudfront-invalidation', distributionId: 'E1EXAMPLE2SITE' }],
  },
  {
    name: 'allowEcrPush',
    allow: (role) => role.allowEcrPush('acme/shop', { region: 'us-east-1' }),
    permissions: [{ preset: 'ecr-push', repository: 'acme/shop', region: 'us-east-1' }],
  },
  {
    name: 'allowCloudFormationDeploy',
    allow: (role) => role.allowCloudFormationDeploy('shop', EXECUTION_ROLE),
    permissions: [{ preset: 'cloudformation-deploy', stackName: 'shop', executionRoleArn: EXECUTION_ROLE, region }],
  },
  {
    name: 'allowCdkDeploy',
    allow: (role) => role.allowCdkDeploy({ qualifier: 'acme' }),
    permissions: [{ preset: 'cdk-deploy', qualifier: 'acme', region }],
  },
  {
    name: 'several calls, one of them twice',
    allow: (role) => {
      role.allowS3Sync('acme-site');
      role.allowCdkDeploy();
      role.allowS3Sync('acme-docs');
    },
    permissions: [
      { preset: 's3-sync', bucket: 'acme-site' },
      { preset: 'cdk-deploy', region },
      { preset: 's3-sync', bucket: 'acme-docs' },
    ],
  },
];

describe('permissions of the constructs', () => {
  for (const { name, allow, permissions } of CASES) {
    for (const env of [{ account: ACCOUNT, region }, {}]) {
      it(`equal the CLI's for ${name}, ${'account' in env ? 'in a known account' : 'in any account'}`, () => {
        const stack = newStack(env);
        allow(newRole(stack));
        assert.deepEqual(deployedPermissions(stack), permissionPolicy(permissions, { account: ACCOUNT }));
      });
    }
  }

  it('accept the name of a resource that the stack creates', () => {
    const stack = newStack();
    newRole(stack).allowS3Sync(new Bucket(stack, 'Site').bucketName);
    assert.match(JSON.stringify(templateOf(stack)), /":s3:::",\{"Ref":"Site\w+"\}/);
  });

  const wrong: readonly { name: string; allow: (role: BitbucketOidcRole) => void; expected: string }[] = [
    {
      name: 'every bucket',
      allow: (role) => role.allowS3Sync('*'),
      expected: '[CiRoles/Deploy] bucket must be the name of one bucket.',
    },
    {
      name: 'every distribution',
      allow: (role) => role.allowCloudFrontInvalidation('*'),
      expected: '[CiRoles/Deploy] distributionId must be the id of one distribution.',
    },
    {
      name: 'every region',
      allow: (role) => role.allowEcrPush('shop', { region: '*' }),
      expected: '[CiRoles/Deploy] region must be a region such as eu-central-1.',
    },
  ];
  for (const { name, allow, expected } of wrong) {
    it(`refuse ${name}, with the path of the role`, () => {
      const role = newRole(newStack());
      role.allowS3Sync('acme-site');
      assert.throws(() => allow(role), { message: expected });
    });
  }
});
