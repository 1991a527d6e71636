import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Claims, evaluate, type GenerateRequest, generate, lint, ScopeError, statementFor } from '../src/index.ts';
import {
  AZURE_CLAIMS,
  AZURE_PIPELINE_CLAIMS,
  BITBUCKET,
  BITBUCKET_CLAIMS,
  BITBUCKET_DEPLOYMENT_CLAIMS,
  ENVIRONMENT,
  GITHUB_CLAIMS,
  ORGANIZATION,
  OTHER_ENVIRONMENT,
  OTHER_REPOSITORY,
  providerArn,
  REPOSITORY,
  ROLE_ARN,
  STEP,
  WORKSPACE,
} from './support.ts';

const account = '123456789012';
const bitbucket = {
  provider: 'bitbucket',
  workspace: 'acme',
  workspaceUuid: `{${WORKSPACE}}`,
  repositoryUuid: REPOSITORY.toUpperCase(),
  account,
} as const;
const azure = {
  provider: 'azure-devops',
  organizationId: ORGANIZATION,
  organization: 'acme',
  project: 'Web Shop',
  account,
} as const;
const github = { provider: 'github', owner: 'acme', repository: 'site', account } as const;
const gitlab = { provider: 'gitlab', projectPath: 'acme/site', audience: 'https://gitlab.com', account } as const;
const circleci = { provider: 'circleci', organizationId: ORGANIZATION, projectId: REPOSITORY, account } as const;
const buildkite = { provider: 'buildkite', organization: 'acme', pipeline: 'site', branch: 'main', account } as const;
const hcp = { provider: 'hcp-terraform', organization: 'acme', project: 'net', workspace: 'prod', account } as const;

const gitlabClaims: Claims = {
  iss: 'https://gitlab.com',
  aud: 'https://gitlab.com',
  sub: 'project_path:acme/site:ref_type:branch:ref:main',
};
const circleciClaims: Claims = {
  iss: `https://oidc.circleci.com/org/${ORGANIZATION}`,
  aud: ORGANIZATION,
  sub: `org/${ORGANIZATION}/project/${REPOSITORY}/user/${STEP}`,
};
const buildkiteClaims: Claims = {
  iss: 'https://agent.buildkite.com',
  aud: 'sts.amazonaws.com',
  sub: 'organization:acme:pipeline:site:ref:refs/heads/main:commit:c0ffee:step:build',
};
const hcpClaims: Claims = {
  iss: 'https://app.terraform.io',
  aud: 'aws.workload.identity',
  sub: 'organization:acme:project:net:workspace:prod:run_phase:plan',
};
const sub = (claims: Claims, value: string): Claims => ({ ...claims, sub: value });

/** What each scope admits, and the neighbours it must refuse. */
const SCOPES: readonly {
  readonly name: string;
  readonly request: GenerateRequest;
  readonly own: readonly Claims[];
  readonly neighbours: readonly Claims[];
}[] = [
  {
    name: 'a Bitbucket repository',
    request: bitbucket,
    own: [BITBUCKET_CLAIMS, BITBUCKET_DEPLOYMENT_CLAIMS],
    neighbours: [
      sub(BITBUCKET_CLAIMS, `{${OTHER_REPOSITORY}}:{${STEP}}`),
      { ...BITBUCKET_CLAIMS, aud: `ari:cloud:bitbucket::workspace/${REPOSITORY}` },
      { ...BITBUCKET_CLAIMS, iss: `https://${BITBUCKET.replace('acme', 'other')}` },
    ],
  },
  {
    name: 'a Bitbucket deployment environment',
    request: { ...bitbucket, deploymentEnvironmentUuid: `{${ENVIRONMENT}}` },
    own: [BITBUCKET_DEPLOYMENT_CLAIMS],
    neighbours: [BITBUCKET_CLAIMS, sub(BITBUCKET_CLAIMS, `{${REPOSITORY}}:{${OTHER_ENVIRONMENT}}:{${STEP}}`)],
  },
  {
    name: 'an Azure DevOps service connection',
    request: { ...azure, serviceConnection: 'aws-prod' },
    own: [AZURE_CLAIMS],
    neighbours: [
      AZURE_PIPELINE_CLAIMS,
      sub(AZURE_CLAIMS, 'sc://acme/Web Shop/aws-prod2'),
      sub(AZURE_CLAIMS, 'sc://acme/web shop/aws-prod'),
    ],
  },
  {
    name: 'an Azure DevOps pipeline',
    request: { ...azure, pipeline: 'Deploy site' },
    own: [AZURE_PIPELINE_CLAIMS],
    neighbours: [AZURE_CLAIMS, sub(AZURE_CLAIMS, 'p://other/Web Shop/Deploy site')],
  },
  {
    name: 'a GitHub branch',
    request: { ...github, branch: 'main' },
    own: [GITHUB_CLAIMS],
    neighbours: [
      sub(GITHUB_CLAIMS, 'repo:acme/site:ref:refs/heads/dev'),
      sub(GITHUB_CLAIMS, 'repo:acme/site:pull_request'),
    ],
  },
  {
    name: 'a GitHub tag',
    request: { ...github, tag: 'v1' },
    own: [sub(GITHUB_CLAIMS, 'repo:acme/site:ref:refs/tags/v1')],
    neighbours: [sub(GITHUB_CLAIMS, 'repo:acme/site:ref:refs/heads/v1')],
  },
  {
    name: 'a GitHub environment',
    request: { ...github, environment: 'prod:eu' },
    own: [sub(GITHUB_CLAIMS, 'repo:acme/site:environment:prod%3Aeu')],
    neighbours: [sub(GITHUB_CLAIMS, 'repo:acme/site:environment:prod')],
  },
  {
    name: 'GitHub pull requests',
    request: { ...github, pullRequest: true },
    own: [sub(GITHUB_CLAIMS, 'repo:acme/site:pull_request')],
    neighbours: [GITHUB_CLAIMS],
  },
  {
    name: 'a GitHub branch with immutable ids',
    request: { ...github, branch: 'main', ownerId: '7', repositoryId: '42' },
    own: [sub(GITHUB_CLAIMS, 'repo:acme@7/site@42:ref:refs/heads/main')],
    neighbours: [GITHUB_CLAIMS, sub(GITHUB_CLAIMS, 'repo:acme@8/site@42:ref:refs/heads/main')],
  },
  {
    name: 'a GitHub branch with an audience',
    request: { ...github, branch: 'main', audience: 'deploy' },
    own: [{ ...GITHUB_CLAIMS, aud: 'deploy' }],
    neighbours: [GITHUB_CLAIMS],
  },
  {
    name: 'a GitLab branch',
    request: { ...gitlab, branch: 'main' },
    own: [gitlabClaims],
    neighbours: [sub(gitlabClaims, 'project_path:acme/site:ref_type:tag:ref:main')],
  },
  {
    name: 'a GitLab tag',
    request: { ...gitlab, tag: 'v1' },
    own: [sub(gitlabClaims, 'project_path:acme/site:ref_type:tag:ref:v1')],
    neighbours: [gitlabClaims],
  },
  {
    name: 'a CircleCI project',
    request: circleci,
    own: [circleciClaims],
    neighbours: [sub(circleciClaims, `org/${ORGANIZATION}/project/${OTHER_REPOSITORY}/user/${STEP}`)],
  },
  {
    name: 'a Buildkite branch',
    request: buildkite,
    own: [buildkiteClaims],
    neighbours: [sub(buildkiteClaims, 'organization:acme:pipeline:site:ref:refs/heads/main2:commit:c:step:s')],
  },
  {
    name: 'a Buildkite branch with an audience',
    request: { ...buildkite, audience: 'deploy' },
    own: [{ ...buildkiteClaims, aud: 'deploy' }],
    neighbours: [buildkiteClaims],
  },
  {
    name: 'an HCP Terraform workspace',
    request: hcp,
    own: [hcpClaims, sub(hcpClaims, 'organization:acme:project:net:workspace:prod:run_phase:apply')],
    neighbours: [sub(hcpClaims, 'organization:acme:project:net:workspace:dev:run_phase:plan')],
  },
  {
    name: 'one phase of HCP Terraform',
    request: { ...hcp, runPhase: 'apply', audience: 'x' },
    own: [{ ...sub(hcpClaims, 'organization:acme:project:net:workspace:prod:run_phase:apply'), aud: 'x' }],
    neighbours: [{ ...hcpClaims, aud: 'x' }],
  },
];

describe('generating a trust policy', () => {
  for (const { name, request, own, neighbours } of SCOPES) {
    describe(name, () => {
      const generated = generate(request);

      it('admits its own tokens', () => {
        for (const claims of own)
          assert.equal(evaluate(generated.trustPolicy, { claims, roleArn: ROLE_ARN }).decision, 'allow');
      });

      it("refuses its neighbours' tokens", () => {
        for (const claims of neighbours)
          assert.equal(evaluate(generated.trustPolicy, { claims, roleArn: ROLE_ARN }).decision, 'deny');
      });

      it('passes the lint', () => {
        assert.deepEqual(lint(generated.trustPolicy, { roleArn: ROLE_ARN, issuer: generated.providerUrl }), []);
      });

      it('registers the audience and names the provider it trusts', () => {
        assert.deepEqual(generated.clientIds, [own[0]?.['aud']]);
        assert.equal(generated.trustPolicy.Statement[0]?.Principal.Federated, generated.providerArn);
        assert.equal(generated.providerUrl, own[0]?.['iss']);
        assert.ok(generated.notes.length > 0);
      });
    });
  }

  it('writes the policy Atlassian and AWS document', () => {
    assert.deepEqual(
      generate({
        ...bitbucket,
        deploymentEnvironmentUuid: ENVIRONMENT,
        sourceIps: ['192.0.2.0/24', '2001:db8::1'],
        allowTagSession: true,
      }),
      {
        provider: 'bitbucket',
        providerUrl: `https://${BITBUCKET}`,
        clientIds: [`ari:cloud:bitbucket::workspace/${WORKSPACE}`],
        providerArn: providerArn(BITBUCKET),
        trustPolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: providerArn(BITBUCKET) },
              Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
              Condition: {
                StringEquals: { [`${BITBUCKET}:aud`]: `ari:cloud:bitbucket::workspace/${WORKSPACE}` },
                StringLike: { [`${BITBUCKET}:sub`]: `{${REPOSITORY}}:{${ENVIRONMENT}}:*` },
                IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '2001:db8::1'] },
              },
            },
          ],
        },
        notes: [
          "Only steps with a `deployment:` to this environment may assume the role. Which branches may deploy there is set in the repository's deployment settings.",
          'The issuer contains the workspace slug: renaming the workspace changes it, and needs a new identity provider.',
        ],
      },
    );
  });

  it('lives in another partition where asked', () => {
    assert.match(generate({ ...bitbucket, partition: 'aws-cn' }).providerArn, /^arn:aws-cn:iam::/);
  });

  it('takes the issuer of a local emulator or of an enterprise', () => {
    const issuer = 'http://127.0.0.1:4010/2.0/workspaces/acme/pipelines-config/identity/oidc';
    const local = generate({ ...bitbucket, issuer });
    assert.equal(local.providerUrl, issuer);
    assert.equal(
      evaluate(local.trustPolicy, { claims: { ...BITBUCKET_CLAIMS, iss: issuer }, roleArn: ROLE_ARN }).decision,
      'allow',
    );
    assert.equal(
      generate({ ...github, branch: 'main', issuer: 'https://token.actions.acme.ghe.com' }).providerUrl,
      'https://token.actions.acme.ghe.com',
    );
  });

  it('takes names literally that look like policy variables', () => {
    const { trustPolicy } = generate({ ...azure, pipeline: 'a${aws:userid}b' });
    const admits = (name: string) =>
      evaluate(trustPolicy, { claims: sub(AZURE_CLAIMS, `p://acme/Web Shop/${name}`), roleArn: ROLE_ARN }).decision;
    assert.equal(admits('a${aws:userid}b'), 'allow');
    assert.equal(admits(`a${providerArn('x')}b`), 'deny');
  });

  const wrong: readonly [name: string, request: object, problems: readonly string[]][] = [
    ['nothing', {}, ['provider']],
    ['an unknown provider', { provider: 'jenkins', account }, ['provider']],
    [
      'a provider and nothing else',
      { provider: 'bitbucket' },
      ['workspace', 'repositoryUuid', 'workspaceUuid', 'account'],
    ],
    ['a repository slug', { ...bitbucket, repositoryUuid: 'site' }, ['repositoryUuid']],
    ['a wildcard for a UUID', { ...bitbucket, repositoryUuid: '*' }, ['repositoryUuid']],
    ['an environment name', { ...bitbucket, deploymentEnvironmentUuid: 'production' }, ['deploymentEnvironmentUuid']],
    ['a workspace with a slash', { ...bitbucket, workspace: 'a/b' }, ['workspace']],
    ['a short account', { ...bitbucket, account: '123' }, ['account']],
    ['a partition that is none', { ...bitbucket, partition: 'azure' }, ['partition']],
    ['addresses that are none', { ...bitbucket, sourceIps: ['10.0.0.0/40'] }, ['sourceIps']],
    ['addresses that are no text', { ...bitbucket, sourceIps: 7 }, ['sourceIps']],
    ["another system's issuer", { ...bitbucket, issuer: 'https://gitlab.com' }, ['issuer']],
    ['an issuer without scheme', { ...bitbucket, issuer: BITBUCKET }, ['issuer']],
    ['http on a public host', { ...bitbucket, issuer: `http://${BITBUCKET}` }, ['issuer']],
    ['neither connection nor pipeline', azure, ['serviceConnection | pipeline']],
    [
      'both connection and pipeline',
      { ...azure, pipeline: 'a', serviceConnection: 'b' },
      ['serviceConnection | pipeline'],
    ],
    ['an organization name for its id', { ...azure, organizationId: 'acme', pipeline: 'a' }, ['organizationId']],
    ['a wildcard for a connection', { ...azure, serviceConnection: 'aws-*' }, ['serviceConnection']],
    ['a project with a slash', { ...azure, project: 'a/b', pipeline: 'x' }, ['project']],
    ['a name with a line break', { ...azure, pipeline: 'a\nb' }, ['pipeline']],
    ['an empty name', { ...azure, pipeline: '' }, ['pipeline']],
    ['no GitHub context', github, ['environment | branch | tag | pullRequest']],
    ['one id of two', { ...github, branch: 'main', ownerId: '7' }, ['repositoryId']],
    ['a wildcard branch', { ...github, branch: 'release/*' }, ['branch']],
    ['an owner with a colon', { ...github, owner: 'a:b', branch: 'main' }, ['owner']],
    ['no GitLab audience', { ...gitlab, audience: undefined, branch: 'main' }, ['audience']],
    ['a run phase that is none', { ...hcp, runPhase: 'destroy' }, ['runPhase']],
  ];
  for (const [name, request, problems] of wrong) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => generate(request as GenerateRequest),
        (error: unknown) => {
          assert.ok(error instanceof ScopeError);
          assert.deepEqual(error.problems.map(({ field }) => field).sort(), [...problems].sort());
          assert.match(error.message, /^No trust policy can be written: /);
          return true;
        },
      );
    });
  }

  it('never writes a wildcard or a variable it was given', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '*', '?', '$', '{', '}', ':', '/'), minLength: 1 }),
        (name) => {
          const request = { ...azure, pipeline: name };
          if (/[*?]/.test(name)) return assert.throws(() => generate(request), ScopeError);
          const { trustPolicy } = generate(request);
          assert.equal(
            evaluate(trustPolicy, { claims: sub(AZURE_CLAIMS, `p://acme/Web Shop/${name}`), roleArn: ROLE_ARN })
              .decision,
            'allow',
          );
        },
      ),
    );
  });
});

describe('the statement for a token', () => {
  const policyFor = (claims: Claims): object => ({
    Version: '2012-10-17',
    Statement: [statementFor(claims, { roleArn: ROLE_ARN })],
  });
  const anotherRun: readonly [name: string, claims: Claims, next: Claims][] = [
    ['Bitbucket', BITBUCKET_CLAIMS, sub(BITBUCKET_CLAIMS, `{${REPOSITORY}}:{${OTHER_ENVIRONMENT}}`)],
    [
      'a Bitbucket deployment',
      BITBUCKET_DEPLOYMENT_CLAIMS,
      sub(BITBUCKET_CLAIMS, `{${REPOSITORY}}:{${ENVIRONMENT}}:{${OTHER_ENVIRONMENT}}`),
    ],
    [
      'Buildkite',
      buildkiteClaims,
      sub(buildkiteClaims, 'organization:acme:pipeline:site:ref:refs/heads/main:commit:beef:step:x'),
    ],
    [
      'CircleCI',
      circleciClaims,
      sub(circleciClaims, `org/${ORGANIZATION}/project/${REPOSITORY}/user/${OTHER_REPOSITORY}`),
    ],
  ];

  for (const { name, own, neighbours } of SCOPES) {
    it(`admits the token and refuses neighbours: ${name}`, () => {
      for (const claims of own) {
        const policy = policyFor(claims);
        assert.equal(evaluate(policy, { claims, roleArn: ROLE_ARN }).decision, 'allow');
        assert.deepEqual(lint(policy, { roleArn: ROLE_ARN }), []);
        if (own.length > 1) continue;
        for (const neighbour of neighbours)
          assert.equal(evaluate(policy, { claims: neighbour, roleArn: ROLE_ARN }).decision, 'deny');
      }
    });
  }

  for (const [name, claims, next] of anotherRun) {
    it(`admits the next run as well: ${name}`, () => {
      assert.equal(evaluate(policyFor(claims), { claims: next, roleArn: ROLE_ARN }).decision, 'allow');
    });
  }

  it('never contains the step', () => {
    for (const claims of [BITBUCKET_CLAIMS, BITBUCKET_DEPLOYMENT_CLAIMS]) {
      assert.doesNotMatch(JSON.stringify(policyFor(claims)), new RegExp(STEP));
    }
  });

  it('keeps the ref of a CircleCI token that has one', () => {
    const claims = sub(
      circleciClaims,
      `org/${ORGANIZATION}/project/${REPOSITORY}/user/${STEP}/vcs-origin/github.com/acme/site/vcs-ref/refs/heads/ma*n`,
    );
    const admits = (value: string) =>
      evaluate(policyFor(claims), { claims: sub(claims, value), roleArn: ROLE_ARN }).decision;
    assert.equal(admits(String(claims['sub'])), 'allow');
    assert.equal(admits(String(claims['sub']).replace('ma*n', 'main')), 'deny');
  });

  it('takes a ref literally that looks like a policy variable', () => {
    const claims = sub(buildkiteClaims, 'organization:acme:pipeline:site:ref:${a}?:commit:c:step:s');
    assert.equal(evaluate(policyFor(claims), { claims, roleArn: ROLE_ARN }).decision, 'allow');
  });

  it('compares the authorized party where there is one', () => {
    const claims = { ...AZURE_CLAIMS, azp: 'client' };
    assert.equal(evaluate(policyFor(claims), { claims, roleArn: ROLE_ARN }).decision, 'allow');
  });

  it('takes subjects of unknown systems whole', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const claims = { iss: 'https://ci.example', aud: 'x', sub: value };
        assert.equal(evaluate(policyFor(claims), { claims, roleArn: ROLE_ARN }).decision, 'allow');
        assert.equal(
          evaluate(policyFor(claims), { claims: sub(claims, `${value}.`), roleArn: ROLE_ARN }).decision,
          'deny',
        );
      }),
    );
  });

  for (const [name, claims] of [
    ['no issuer', { ...AZURE_CLAIMS, iss: undefined }],
    ['no subject', { ...AZURE_CLAIMS, sub: null }],
    ['no audience', { ...AZURE_CLAIMS, aud: [] }],
    ['several audiences', { ...AZURE_CLAIMS, aud: ['a', 'b'] }],
  ] as const) {
    it(`is none where the token has ${name}`, () =>
      assert.equal(statementFor(claims, { roleArn: ROLE_ARN }), undefined));
  }
});
