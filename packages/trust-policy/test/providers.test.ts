import assert from 'node:assert/strict';
import {
  guardedClaim,
  issuerPath,
  PROVIDERS,
  parseSubject,
  provider,
  recogniseIssuer,
  type Subject,
} from '../src/index.ts';
import { ENVIRONMENT, ORGANIZATION, REPOSITORY, STEP } from './support.ts';

describe('recognising an issuer', () => {
  const loopback = ['127.0.0.1:4010', '127.9.9.9', 'localhost:80', '[::1]:4010'];
  const cases: readonly [issuer: string, expected: object | undefined][] = [
    [
      'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
      { id: 'bitbucket', local: false, workspace: 'acme' },
    ],
    [
      'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
      { id: 'bitbucket', local: false, workspace: 'acme' },
    ],
    [
      `https://vstoken.dev.azure.com/${ORGANIZATION}`,
      { id: 'azure-devops', local: false, organizationId: ORGANIZATION },
    ],
    [
      `https://login.microsoftonline.com/${ORGANIZATION}/v2.0`,
      { id: 'azure-devops', local: false, tenantId: ORGANIZATION },
    ],
    ['https://token.actions.githubusercontent.com', { id: 'github', local: false }],
    ['https://token.actions.githubusercontent.com/acme', { id: 'github', local: false }],
    ['https://token.actions.acme.ghe.com', { id: 'github', local: false }],
    ['https://gitlab.com', { id: 'gitlab', local: false }],
    [`https://oidc.circleci.com/org/${ORGANIZATION}`, { id: 'circleci', local: false, organizationId: ORGANIZATION }],
    ['https://agent.buildkite.com', { id: 'buildkite', local: false }],
    ['https://app.terraform.io', { id: 'hcp-terraform', local: false }],
    ...loopback.flatMap((host): [string, object][] => [
      [
        `http://${host}/2.0/workspaces/acme/pipelines-config/identity/oidc`,
        { id: 'bitbucket', local: true, workspace: 'acme' },
      ],
      [`http://${host}/vstoken/${ORGANIZATION}`, { id: 'azure-devops', local: true, organizationId: ORGANIZATION }],
      [`https://${host}/github`, { id: 'github', local: true }],
    ]),
    ['http://127.0.0.1.example/github', undefined],
    ['http://10.0.0.1/github', undefined],
    ['https://evil.example/api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc', undefined],
    ['https://api.bitbucket.org/2.0/workspaces/a/b/pipelines-config/identity/oidc', undefined],
    ['https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc/', undefined],
    ['https://vstoken.dev.azure.com/acme', undefined],
    ['https://gitlab.example', undefined],
    ['', undefined],
  ];
  for (const [issuer, expected] of cases) {
    it(`${issuer || 'nothing'}`, () => {
      const issuerFound = recogniseIssuer(issuer);
      const { provider: system, path, ...rest } = issuerFound ?? { provider: undefined, path: undefined };
      assert.deepEqual(issuerFound === undefined ? undefined : { id: system?.id, ...rest }, expected);
      if (issuerFound === undefined) return;
      assert.equal(path, issuerPath(issuer));
      for (const longer of [`x${path}`, `${path}:x`]) assert.equal(recogniseIssuer(longer), undefined, longer);
    });
  }

  it('knows every provider of the table by its id', () => {
    for (const entry of PROVIDERS) assert.equal(provider(entry.id), entry);
  });

  it('knows the condition that IAM requires for shared issuers', () => {
    const issuers: readonly [claim: string, issuers: readonly string[]][] = [
      [
        'sub',
        [
          'agent.buildkite.com',
          'app.terraform.io',
          'gitlab.com',
          'oidc-configuration.audit-log.githubusercontent.com',
          'oidc.codefresh.io',
          'proidc.upbound.io',
          'scalr.io',
          'studio.datachain.ai/api',
          'https://token.actions.githubusercontent.com',
          'tokens.cloud.shisho.dev',
          'vstoken.actions.githubusercontent.com',
        ],
      ],
      ['aud', ['api.pulumi.com/oidc', 'oidc.vercel.com', 'sandboxes.cloud']],
    ];
    for (const [claim, guarded] of issuers) {
      for (const issuer of guarded) assert.equal(guardedClaim(issuer), claim, issuer);
    }
    assert.equal(guardedClaim(`vstoken.dev.azure.com/${ORGANIZATION}`), undefined);
    for (const { sharedIssuer, issuerForms } of PROVIDERS) {
      assert.equal(guardedClaim(issuerForms[0] ?? '') !== undefined, sharedIssuer);
    }
  });
});

describe('parsing a subject', () => {
  const user = '12121212-1111-4222-8333-444444444444';
  const cases: readonly [system: string, sub: string, expected: Subject | undefined][] = [
    [
      'bitbucket',
      `{${REPOSITORY}}:{${STEP}}`,
      { provider: 'bitbucket', kind: 'step', repositoryUuid: REPOSITORY, stepUuid: STEP },
    ],
    [
      'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
      `{${REPOSITORY}}:{${ENVIRONMENT}}:{${STEP}}`,
      {
        provider: 'bitbucket',
        kind: 'step',
        repositoryUuid: REPOSITORY,
        deploymentEnvironmentUuid: ENVIRONMENT,
        stepUuid: STEP,
      },
    ],
    ['bitbucket', `${REPOSITORY}:${STEP}`, undefined],
    ['bitbucket', `{${REPOSITORY}}`, undefined],
    [
      'azure-devops',
      'sc://acme/Web Shop/aws/prod',
      {
        provider: 'azure-devops',
        kind: 'service-connection',
        organization: 'acme',
        project: 'Web Shop',
        serviceConnection: 'aws/prod',
      },
    ],
    [
      'azure-devops',
      'p://acme/shop/Deploy',
      { provider: 'azure-devops', kind: 'pipeline', organization: 'acme', project: 'shop', pipeline: 'Deploy' },
    ],
    [
      `https://login.microsoftonline.com/${ORGANIZATION}/v2.0`,
      `/eid1/c/pub/t/abc/a/def/sc/${ORGANIZATION}/${STEP}`,
      {
        provider: 'azure-devops',
        kind: 'entra-service-connection',
        prefix: '/eid1/c/pub/t/abc/a/def',
        organizationId: ORGANIZATION,
        serviceConnectionId: STEP,
      },
    ],
    ['azure-devops', 'sc:///acme/shop/aws', undefined],
    ['azure-devops', 'sc://acme/shop', undefined],
    [
      'github',
      'repo:acme/site:ref:refs/heads/a:b',
      { provider: 'github', kind: 'ref', owner: 'acme', repository: 'site', context: 'refs/heads/a:b' },
    ],
    [
      'github',
      'repo:acme/site:environment:prod',
      { provider: 'github', kind: 'environment', owner: 'acme', repository: 'site', context: 'prod' },
    ],
    [
      'github',
      'repo:acme/site:pull_request',
      { provider: 'github', kind: 'pull-request', owner: 'acme', repository: 'site', context: 'pull_request' },
    ],
    [
      'github',
      'repo:acme@7/site@42:ref:refs/tags/v1',
      {
        provider: 'github',
        kind: 'ref',
        owner: 'acme',
        ownerId: '7',
        repository: 'site',
        repositoryId: '42',
        context: 'refs/tags/v1',
      },
    ],
    [
      'github',
      'repo:acme/site:job_workflow_ref:x',
      { provider: 'github', kind: 'other', owner: 'acme', repository: 'site', context: 'job_workflow_ref:x' },
    ],
    ['github', 'repository_id:42', undefined],
    [
      'gitlab',
      'project_path:a/b/c:ref_type:branch:ref:main',
      { provider: 'gitlab', kind: 'ref', projectPath: 'a/b/c', refType: 'branch', ref: 'main' },
    ],
    ['gitlab', 'user:7', undefined],
    ['azure-devops', 'xsc://acme/shop/aws', undefined],
    [
      'azure-devops',
      'p://acme/shop/a\nb',
      { provider: 'azure-devops', kind: 'pipeline', organization: 'acme', project: 'shop', pipeline: 'a\nb' },
    ],
    ['github', 'xrepo:acme/site:pull_request', undefined],
    ['buildkite', 'xorganization:a:pipeline:b:ref:c:commit:d:step:e', undefined],
    ['hcp-terraform', 'xorganization:acme:project:net:workspace:prod:run_phase:plan', undefined],
    ['hcp-terraform', 'organization:acme:project:net:workspace:prod:run_phase:plan:x', undefined],
    [
      'hcp-terraform',
      'organization:acme:project:net:workspace:prod:run_phase:plan',
      {
        provider: 'hcp-terraform',
        kind: 'run',
        organization: 'acme',
        project: 'net',
        workspace: 'prod',
        runPhase: 'plan',
      },
    ],
    [
      'circleci',
      `org/${ORGANIZATION}/project/${REPOSITORY}/user/${user}/vcs-origin/a/vcs-ref/b\nc`,
      {
        provider: 'circleci',
        kind: 'job',
        organizationId: ORGANIZATION,
        projectId: REPOSITORY,
        userId: user,
        vcsOrigin: 'a',
        vcsRef: 'b\nc',
      },
    ],
    ['gitlab', 'xproject_path:a:ref_type:branch:ref:main', undefined],
    [
      'gitlab',
      'project_path:a:ref_type:branch:ref:a\nb',
      { provider: 'gitlab', kind: 'ref', projectPath: 'a', refType: 'branch', ref: 'a\nb' },
    ],
    [
      'github',
      'repo:acme@77/site:pull_request',
      {
        provider: 'github',
        kind: 'pull-request',
        owner: 'acme',
        ownerId: '77',
        repository: 'site',
        context: 'pull_request',
      },
    ],
    [
      'circleci',
      `org/${ORGANIZATION}/project/${REPOSITORY}/user/${user}`,
      { provider: 'circleci', kind: 'job', organizationId: ORGANIZATION, projectId: REPOSITORY, userId: user },
    ],
    [
      'circleci',
      `org/${ORGANIZATION}/project/${REPOSITORY}/user/${user}/vcs-origin/github.com/acme/site/vcs-ref/refs/heads/main`,
      {
        provider: 'circleci',
        kind: 'job',
        organizationId: ORGANIZATION,
        projectId: REPOSITORY,
        userId: user,
        vcsOrigin: 'github.com/acme/site',
        vcsRef: 'refs/heads/main',
      },
    ],
    ['circleci', 'org/acme', undefined],
    [
      'buildkite',
      'organization:a:pipeline:b:ref:refs/heads/main:commit:c0ffee:step:build',
      {
        provider: 'buildkite',
        kind: 'step',
        organization: 'a',
        pipeline: 'b',
        ref: 'refs/heads/main',
        commit: 'c0ffee',
        step: 'build',
      },
    ],
    ['buildkite', 'organization:a:pipeline:b', undefined],
    [
      'hcp-terraform',
      'organization:a:project:b:workspace:c:run_phase:plan',
      { provider: 'hcp-terraform', kind: 'run', organization: 'a', project: 'b', workspace: 'c', runPhase: 'plan' },
    ],
    ['hcp-terraform', 'organization:a', undefined],
    ['https://ci.example', 'x', undefined],
    ['toString', 'x', undefined],
  ];
  for (const [system, sub, expected] of cases) {
    it(`${system}: ${sub}`, () => assert.deepEqual(parseSubject(system, sub), expected));
  }
});
