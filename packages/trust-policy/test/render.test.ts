import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import {
  generate,
  type Permission,
  permissionPolicy,
  provider,
  renderAwsCli,
  renderCloudFormation,
  renderTerraform,
  ScopeError,
  type TemplateRequest,
} from '../src/index.ts';
import { deployedResources } from './deployed-template.ts';
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
      it(`${name}.${extension} equals the stored file`, () => {
        const expected = readFileSync(new URL(`./fixtures/render/${name}.${extension}`, import.meta.url), 'utf8');
        assert.equal(render(request), expected);
      });
    }

    for (const create of ['true', 'false']) {
      it(`${name}.yaml deploys the policies unchanged, CreateIdentityProvider=${create}`, () => {
        const { trust, permissions, roleName = 'ci-deploy' } = request;
        const { providerArn } = trust;
        const partition = providerArn.split(':')[1] ?? '';
        const parameters = { CreateIdentityProvider: create };
        const { IdentityProvider, Role } = deployedResources(parse(renderCloudFormation(request)), {
          ...{ account, partition, providerArn, parameters },
        });
        assert.deepEqual(
          IdentityProvider,
          create === 'true' ? { Url: trust.providerUrl, ClientIdList: trust.clientIds } : undefined,
        );
        assert.deepEqual(Role, {
          RoleName: roleName,
          Description: `Assumed by ${provider(trust.provider).name} through OpenID Connect`,
          MaxSessionDuration: request.maxSessionDuration ?? 3600,
          AssumeRolePolicyDocument: trust.trustPolicy,
          ...(permissions && {
            Policies: [{ PolicyName: roleName, PolicyDocument: permissionPolicy(permissions, { account, partition }) }],
          }),
        });
      });
    }

    it(`${name}.yaml names no account, and creates the provider unless the request says that it exists`, () => {
      const template = renderCloudFormation(request);
      assert.ok(!template.replace(/Default: .*/g, '').includes(account));
      assert.equal(
        parse(template).Parameters.CreateIdentityProvider.Default,
        request.identityProvider === 'existing' ? 'false' : 'true',
      );
    });

    it(`${name}.yaml has parameters with patterns that their defaults match`, () => {
      const { Parameters } = parse(renderCloudFormation(request));
      for (const { Default, AllowedPattern } of Object.values<{ Default: string; AllowedPattern?: string }>(
        Parameters,
      )) {
        if (AllowedPattern === undefined) continue;
        assert.match(Default, new RegExp(`^(?:${AllowedPattern})$`));
        assert.doesNotMatch('*', new RegExp(AllowedPattern));
      }
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
      const createProvider = calls.find((call) => call[1] === 'create-open-id-connect-provider');
      assert.equal(
        createProvider && after(createProvider, '--url'),
        request.identityProvider === 'existing' ? undefined : request.trust.providerUrl,
      );
      const put = calls.find((call) => call[1] === 'put-role-policy');
      assert.equal(put === undefined, request.permissions === undefined);
    });
  }

  const NAME = 'roleName must be 1 to 64 letters, digits or any of _+=,.@-';
  const DURATION = 'maxSessionDuration must be a whole number of seconds from 3600 to 43200';
  const wrong: readonly [name: string, more: Partial<TemplateRequest>, problems: readonly string[]][] = [
    ['a role name with a space', { roleName: 'a b' }, [NAME]],
    ['a role name of 65 characters', { roleName: 'a'.repeat(65) }, [NAME]],
    ['a session that is too short', { maxSessionDuration: 3599 }, [DURATION]],
    ['a session that is too long', { maxSessionDuration: 43_201 }, [DURATION]],
    ['half a second', { maxSessionDuration: 3600.5 }, [DURATION]],
    ['both', { roleName: '', maxSessionDuration: 0 }, [NAME, DURATION]],
    [
      'permissions beside what is no provider',
      {
        trust: { ...trust, providerArn: `arn:aws:iam::${account}:role/x` },
        permissions: [{ preset: 's3-sync', bucket: 'acme-site' }],
      },
      ["trust.providerArn must be an identity provider's ARN"],
    ],
  ];
  for (const [name, more, problems] of wrong) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => renderTerraform({ trust, ...more }),
        new ScopeError(
          'No template can be written',
          problems.map((problem) => {
            const [field = '', ...reason] = problem.split(' ');
            return { field, reason: reason.join(' ') };
          }),
        ),
      );
    });
  }

  it('gives each resource of one kind its own parameter', () => {
    const permissions: readonly Permission[] = [
      { preset: 's3-sync', bucket: 'acme-site' },
      { preset: 's3-sync', bucket: 'acme-docs' },
    ];
    const template = parse(renderCloudFormation({ trust, permissions }));
    assert.deepEqual(
      [template.Parameters.Bucket.Default, template.Parameters.Bucket2.Default],
      ['acme-site', 'acme-docs'],
    );
    const deployment = { account, partition: 'aws', providerArn: trust.providerArn, parameters: { Bucket2: 'other' } };
    assert.match(JSON.stringify(deployedResources(template, deployment)['Role']), /"arn:aws:s3:::other\/\*"/);
  });

  it('names Terraform resources after the role, so that two roles fit into one configuration', () => {
    const declared = (roleName: string) =>
      [
        ...renderTerraform({ trust, roleName, identityProvider: 'existing' }).matchAll(
          /^(?:resource|output) .*(?= \{$)/gm,
        ),
      ].map(([line]) => line);
    assert.deepEqual(declared('site-deploy'), [
      'resource "aws_iam_role" "site_deploy"',
      'output "site_deploy_role_arn"',
    ]);
    assert.deepEqual(declared('1+1=2'), ['resource "aws_iam_role" "_1_1_2"', 'output "_1_1_2_role_arn"']);
  });

  it('accepts the longest session and the longest name', () => {
    const roleName = 'a'.repeat(64);
    const script = renderAwsCli({ trust, roleName, maxSessionDuration: 43_200 });
    assert.ok(script.includes(`--role-name ${roleName} `) && script.includes('--max-session-duration 43200 '));
  });

  it('registers every audience in the script', () => {
    const script = renderAwsCli({ trust: { ...trust, clientIds: ['https://one.example', "two and a half's"] } });
    // A JSON list, because AWS CLI v1 would fetch the URL of a plain value.
    assert.match(script, /--client-id-list '\["https:\/\/one\.example","two and a half'\\''s"\]'\n/);
  });

  it('keeps a role name that begins with "-" from being read as an option', () => {
    const script = renderAwsCli({
      trust,
      roleName: '-x',
      permissions: [{ preset: 's3-sync', bucket: 'acme-site' }],
    });
    assert.equal(script.match(/ {2}--role-name='-x' \\\n/g)?.length, 2);
    assert.equal(script.match(/ {2}--policy-name='-x' \\\n/g)?.length, 1);
  });
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
    const wide = Object.values(TEMPLATES)
      .filter(({ permissions = [] }) => permissions.length > 0)
      .flatMap(({ permissions = [], trust }) => {
        const partition = trust.providerArn.split(':')[1] ?? '';
        return permissionPolicy(permissions, { account, partition }).Statement;
      })
      .filter(({ Resource }) => [Resource].flat().includes('*'));
    assert.deepEqual(
      wide.map(({ Action }) => Action),
      ['ecr:GetAuthorizationToken'],
    );
  });

  it('give statements unique names if a preset is used twice', () => {
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

  const REGION = 'region must be a region such as eu-central-1';
  const BUCKET = 'bucket must be the name of one bucket';
  const PREFIX = 'prefix must have no wildcard, no slash at its ends and no "{{resolve:"';
  const DISTRIBUTION = 'distributionId must be the id of one distribution';
  const deploy = {
    preset: 'cloudformation-deploy',
    region: 'eu-central-1',
    stackName: 's',
    executionRoleArn: 'arn:aws:iam::123456789012:role/x',
  };
  const wrong: readonly [name: string, permission: object, problem: string][] = [
    ['a wildcard bucket', { preset: 's3-sync', bucket: '*' }, BUCKET],
    ['a list of buckets', { preset: 's3-sync', bucket: ['acme'] }, BUCKET],
    ['a bucket with a capital letter', { preset: 's3-sync', bucket: 'Acme-site' }, BUCKET],
    ['a bucket with its prefix', { preset: 's3-sync', bucket: 'acme-site/www' }, BUCKET],
    ['a prefix that begins with a slash', { preset: 's3-sync', bucket: 'acme', prefix: '/www' }, PREFIX],
    ['a wildcard prefix', { preset: 's3-sync', bucket: 'acme', prefix: 'a*' }, PREFIX],
    ['a prefix that ends in a slash', { preset: 's3-sync', bucket: 'acme', prefix: 'a/' }, PREFIX],
    ['a distribution that is none', { preset: 'cloudfront-invalidation', distributionId: '*' }, DISTRIBUTION],
    [
      "a distribution's path",
      { preset: 'cloudfront-invalidation', distributionId: 'distribution/E1ABCDEFGHIJKL' },
      DISTRIBUTION,
    ],
    [
      'a distribution with what follows it',
      { preset: 'cloudfront-invalidation', distributionId: 'E1ABCDEFGHIJKL/*' },
      DISTRIBUTION,
    ],
    [
      'a repository with its registry',
      { preset: 'ecr-push', region: 'eu-central-1', repository: 'x.example/a:1' },
      'repository must be the name of one repository, without the registry',
    ],
    [
      'a repository with two slashes',
      { preset: 'ecr-push', region: 'eu-central-1', repository: 'acme//site' },
      'repository must be the name of one repository, without the registry',
    ],
    ['a region with a digit before it', { preset: 'cdk-deploy', region: '1eu-central-1' }, REGION],
    ['an availability zone for a region', { preset: 'cdk-deploy', region: 'eu-central-1a' }, REGION],
    ['a stack that begins with a digit', { ...deploy, stackName: '1site' }, 'stackName must be the name of one stack'],
    [
      'a role with something before it',
      { ...deploy, executionRoleArn: `x${deploy.executionRoleArn}` },
      'executionRoleArn must be the ARN of the role the stack is deployed with',
    ],
    [
      'any role whose name begins so',
      { ...deploy, executionRoleArn: `${deploy.executionRoleArn}*` },
      'executionRoleArn must be the ARN of the role the stack is deployed with',
    ],
    ['no region', { preset: 'ecr-push', repository: 'a' }, REGION],
    ['a stack pattern', { ...deploy, stackName: 's*' }, 'stackName must be the name of one stack'],
    [
      'no execution role',
      { ...deploy, executionRoleArn: undefined },
      'executionRoleArn must be the ARN of the role the stack is deployed with',
    ],
    [
      'a qualifier that is too long',
      { preset: 'cdk-deploy', region: 'eu-central-1', qualifier: 'abcdefghijk' },
      'qualifier must be the qualifier of cdk bootstrap',
    ],
    ['an unknown preset', { preset: 'admin' }, 'preset is not one this package knows'],
  ];
  for (const [name, permission, problem] of wrong) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => permissionPolicy([permission as Permission], { account }),
        (error: unknown) =>
          error instanceof ScopeError &&
          error.message === `No permission policy can be written: permissions[0].${problem}.`,
      );
    });
  }

  it('refuses the region of another partition and the role of another account', () => {
    const stack = { preset: 'cloudformation-deploy', region: 'eu-central-1', stackName: 'site' } as const;
    const role = (arn: string): Permission => ({ ...stack, executionRoleArn: arn });
    const refusal = (permission: Permission, partition = 'aws') => {
      try {
        permissionPolicy([permission], { account, partition });
        return undefined;
      } catch (error) {
        assert.ok(error instanceof ScopeError);
        return error.problems.map(({ field, reason }) => `${field} ${reason}`);
      }
    };
    const foreign = `permissions[0].executionRoleArn must be a role of the account ${account} in the partition aws: a stack cannot use the role of another account`;
    assert.equal(refusal(role(`arn:aws:iam::${account}:role/cfn`)), undefined);
    assert.deepEqual(refusal(role('arn:aws:iam::999999999999:role/cfn')), [foreign]);
    assert.deepEqual(refusal(role(`arn:aws-cn:iam::${account}:role/cfn`)), [foreign]);
    for (const [region, partition] of [
      ['cn-north-1', 'aws-cn'],
      ['us-gov-west-1', 'aws-us-gov'],
      ['eusc-de-east-1', 'aws-eusc'],
      ['us-isob-east-1', 'aws-iso-b'],
    ] as const) {
      const push: Permission = { preset: 'ecr-push', region, repository: 'site' };
      assert.equal(refusal(push, partition), undefined);
      assert.deepEqual(refusal(push), [`permissions[0].region is in the partition ${partition}, not in aws`]);
    }
    assert.deepEqual(refusal({ preset: 'cdk-deploy', region: 'eu-central-1' }, 'aws-cn'), [
      'permissions[0].region is in the partition aws, not in aws-cn',
    ]);
  });

  it('refuses a prefix that CloudFormation would replace', () => {
    const permissions: Permission[] = [{ preset: 's3-sync', bucket: 'acme-site', prefix: 'a {{Resolve:ssm:x}}' }];
    assert.throws(() => permissionPolicy(permissions, { account }), /no "\{\{resolve:"/);
  });

  for (const wrongAccount of [`x${account}`, `${account}0`]) {
    it(`refuses the account ${wrongAccount}`, () => {
      const permissions: Permission[] = [{ preset: 's3-sync', bucket: 'acme-site' }];
      assert.throws(
        () => permissionPolicy(permissions, { account: wrongAccount }),
        /written: account must be twelve digits\.$/,
      );
    });
  }

  it('accept a prefix of one letter and one of several folders', () => {
    for (const prefix of ['w', 'www/site/de']) {
      const { Statement } = permissionPolicy([{ preset: 's3-sync', bucket: 'acme-site', prefix }], { account });
      assert.equal(Statement[1]?.Resource, `arn:aws:s3:::acme-site/${prefix}/*`);
    }
  });

  it('refuses an empty list and an invalid account', () => {
    assert.throws(() => permissionPolicy([], { account: 'x' }), /permissions is empty; account must be twelve digits/);
  });
});
