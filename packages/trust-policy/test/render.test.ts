import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import {
  generate,
  type Permission,
  permissionPolicy,
  renderAwsCli,
  renderCloudFormation,
  renderTerraform,
  ScopeError,
  type TemplateRequest,
} from '../src/index.ts';
import { TEMPLATES } from './render-fixtures.ts';
import { REPOSITORY, WORKSPACE } from './support.ts';

const RENDERERS: readonly (readonly [extension: string, render: (request: TemplateRequest) => string])[] = [
  ['yaml', renderCloudFormation],
  ['tf', renderTerraform],
  ['sh', renderAwsCli],
];

const account = '123456789012';
const trust = generate({
  provider: 'bitbucket',
  workspace: 'acme',
  workspaceUuid: WORKSPACE,
  repositoryUuid: REPOSITORY,
  account,
});

describe('rendering templates', () => {
  for (const [name, request] of Object.entries(TEMPLATES)) {
    for (const [extension, render] of RENDERERS) {
      it(`${name}.${extension} is as stored`, () => {
        const stored = readFileSync(new URL(`./fixtures/render/${name}.${extension}`, import.meta.url), 'utf8');
        assert.equal(render(request), stored);
      });
    }

    it(`${name}.yaml holds the policies unchanged`, () => {
      const { Resources } = parse(renderCloudFormation(request));
      const role = Resources.Role.Properties;
      const expected = structuredClone(request.trust.trustPolicy.Statement[0]);
      const principal =
        request.identityProvider === 'existing' ? expected?.Principal : { Federated: { Ref: 'IdentityProvider' } };
      assert.deepEqual(role.AssumeRolePolicyDocument.Statement, [{ ...expected, Principal: principal }]);
      assert.equal(
        Resources.IdentityProvider?.Properties.Url,
        request.identityProvider === 'existing' ? undefined : request.trust.providerUrl,
      );
      assert.deepEqual(
        role.Policies?.[0].PolicyDocument,
        request.permissions &&
          permissionPolicy(request.permissions, { account, partition: request.trust.providerArn.split(':')[1] ?? '' }),
      );
    });

    it(`${name}.sh passes the policies unchanged through a real shell`, () => {
      const script = `aws() { for argument in "$@"; do printf '%s\\0' "$argument"; done; printf '\\0'; }\n${renderAwsCli(request)}`;
      const { status, stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
      assert.equal(status, 0);
      const calls = stdout
        .split('\0\0')
        .filter((call) => call !== '')
        .map((call) => call.split('\0'));
      const after = (call: readonly string[] | undefined, option: string): string =>
        call?.[call.indexOf(option) + 1] ?? '';
      const create = calls.find((call) => call[1] === 'create-role');
      assert.deepEqual(JSON.parse(after(create, '--assume-role-policy-document')), request.trust.trustPolicy);
      const provider = calls.find((call) => call[1] === 'create-open-id-connect-provider');
      assert.equal(
        provider && after(provider, '--url'),
        request.identityProvider === 'existing' ? undefined : request.trust.providerUrl,
      );
      const put = calls.find((call) => call[1] === 'put-role-policy');
      assert.equal(put === undefined, request.permissions === undefined);
    });
  }

  const wrong: readonly [name: string, more: Partial<TemplateRequest>, fields: readonly string[]][] = [
    ['a role name with a space', { roleName: 'a b' }, ['roleName']],
    ['a session that is too short', { maxSessionDuration: 900 }, ['maxSessionDuration']],
    ['a session that is too long', { maxSessionDuration: 43_201 }, ['maxSessionDuration']],
    ['half a second', { maxSessionDuration: 3600.5 }, ['maxSessionDuration']],
    ['both', { roleName: '', maxSessionDuration: 0 }, ['roleName', 'maxSessionDuration']],
  ];
  for (const [name, more, fields] of wrong) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => renderTerraform({ trust, ...more }),
        (error: unknown) =>
          error instanceof ScopeError && error.problems.map(({ field }) => field).join() === fields.join(),
      );
    });
  }
});

describe('permissions of usual jobs', () => {
  it('name their resources', () => {
    const { Statement } = permissionPolicy([{ preset: 's3-sync', bucket: 'acme-site', allowDelete: false }], {
      account,
    });
    assert.deepEqual(Statement, [
      { Sid: 'ListBucket', Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::acme-site' },
      {
        Sid: 'SyncObjects',
        Effect: 'Allow',
        Action: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        Resource: 'arn:aws:s3:::acme-site/*',
      },
    ]);
  });

  it('allow every resource only for logging in to the registry', () => {
    const all = Object.values(TEMPLATES).flatMap(({ permissions = [] }) => permissions);
    const wide = permissionPolicy(all, { account }).Statement.filter(({ Resource }) => [Resource].flat().includes('*'));
    assert.deepEqual(
      wide.map(({ Action }) => Action),
      ['ecr:GetAuthorizationToken'],
    );
  });

  it('give statements names of their own when a preset is used twice', () => {
    const twice: Permission[] = [
      { preset: 'cdk-deploy', region: 'eu-central-1' },
      { preset: 'cdk-deploy', region: 'us-east-1' },
    ];
    const { Statement } = permissionPolicy(twice, { account });
    assert.deepEqual(
      Statement.map(({ Sid }) => Sid),
      ['AssumeCdkRoles', 'AssumeCdkRoles2'],
    );
    assert.match(String(Statement[0]?.Resource), /role\/cdk-hnb659fds-deploy-role-123456789012-eu-central-1/);
  });

  const wrong: readonly [name: string, permission: object, field: string][] = [
    ['a wildcard bucket', { preset: 's3-sync', bucket: '*' }, 'permissions[0].bucket'],
    ['a wildcard prefix', { preset: 's3-sync', bucket: 'acme', prefix: 'a*' }, 'permissions[0].prefix'],
    ['a prefix that ends in a slash', { preset: 's3-sync', bucket: 'acme', prefix: 'a/' }, 'permissions[0].prefix'],
    [
      'a distribution that is none',
      { preset: 'cloudfront-invalidation', distributionId: '*' },
      'permissions[0].distributionId',
    ],
    [
      'a repository with its registry',
      { preset: 'ecr-push', region: 'eu-central-1', repository: 'x.example/a:1' },
      'permissions[0].repository',
    ],
    ['no region', { preset: 'ecr-push', repository: 'a' }, 'permissions[0].region'],
    [
      'a stack pattern',
      {
        preset: 'cloudformation-deploy',
        region: 'eu-central-1',
        stackName: 's*',
        executionRoleArn: 'arn:aws:iam::123456789012:role/x',
      },
      'permissions[0].stackName',
    ],
    [
      'no execution role',
      { preset: 'cloudformation-deploy', region: 'eu-central-1', stackName: 's' },
      'permissions[0].executionRoleArn',
    ],
    [
      'a qualifier that is too long',
      { preset: 'cdk-deploy', region: 'eu-central-1', qualifier: 'abcdefghijk' },
      'permissions[0].qualifier',
    ],
    ['an unknown preset', { preset: 'admin' }, 'permissions[0].preset'],
  ];
  for (const [name, permission, field] of wrong) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => permissionPolicy([permission as Permission], { account }),
        (error: unknown) =>
          error instanceof ScopeError && error.problems.map((problem) => problem.field).join() === field,
      );
    });
  }

  it('refuses none at all and an account that is none', () => {
    assert.throws(() => permissionPolicy([], { account: 'x' }), /permissions is empty; account must be twelve digits/);
  });
});
