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

/** Notes that users of a policy need. */
const NOTES = {
  BITBUCKET_BRANCHES:
    "Every branch of the repository may assume the role, because the token's subject does not name the branch. To narrow it, give the step a `deployment:` and name that environment's UUID.",
  BITBUCKET_DEPLOYMENTS:
    "Only steps with a `deployment:` to this environment may assume the role. Which branches may deploy there is set in the repository's deployment settings.",
  BITBUCKET_SLUG:
    'The issuer contains the workspace slug: renaming the workspace changes it, and needs a new identity provider.',
  AZURE_NAMES:
    'Names are compared letter by letter: renaming the organization, the project or the connection or pipeline changes the subject.',
  AZURE_CONNECTION:
    'Anyone who may use this service connection may assume the role; limit it with pipeline permissions, approvals and checks.',
  AZURE_PIPELINE: 'Without a service connection there are no approvals and checks between the pipeline and the role.',
  GITHUB_NAMES:
    'Repositories created, renamed or moved since mid-2026 have ids in their subject (repo:<owner>@<id>/<repository>@<id>:…). For those give ownerId and repositoryId.',
  GITHUB_IDS:
    'The subject names owner and repository by id as well, as GitHub does for repositories created, renamed or moved since mid-2026.',
  GITHUB_PULL_REQUESTS: 'Any pull request of the repository may assume the role; give it read-only permissions.',
  GITLAB: 'Protect the branch or tag in GitLab: everyone who may push to it may assume the role.',
  CIRCLECI: 'Every branch and every user of the project may assume the role.',
  CIRCLECI_FORKS:
    'Builds of forks may too, if the project passes secrets to builds from forked pull requests. Keep that setting off, or give vcsOrigin and use the token of CIRCLE_OIDC_TOKEN_V2.',
  CIRCLECI_ORIGIN: 'Only tokens of CIRCLE_OIDC_TOKEN_V2 name the origin of the code: give the job that one.',
  BUILDKITE: 'Every commit and step of builds of this branch may assume the role.',
  HCP: 'Plans run on every pull request; give plan and apply separate roles if plans must not write.',
} as const;

/** Tokens that each scope admits, and neighbours that it must refuse. */
const SCOPES: readonly {
  readonly name: string;
  readonly request: GenerateRequest;
  readonly own: readonly Claims[];
  readonly neighbours: readonly Claims[];
  readonly notes: readonly string[];
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
    notes: [NOTES.BITBUCKET_BRANCHES, NOTES.BITBUCKET_SLUG],
  },
  {
    name: 'a Bitbucket deployment environment',
    request: { ...bitbucket, deploymentEnvironmentUuid: `{${ENVIRONMENT}}` },
    own: [BITBUCKET_DEPLOYMENT_CLAIMS],
    neighbours: [BITBUCKET_CLAIMS, sub(BITBUCKET_CLAIMS, `{${REPOSITORY}}:{${OTHER_ENVIRONMENT}}:{${STEP}}`)],
    notes: [NOTES.BITBUCKET_DEPLOYMENTS, NOTES.BITBUCKET_SLUG],
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
    notes: [NOTES.AZURE_NAMES, NOTES.AZURE_CONNECTION],
  },
  {
    name: 'an Azure DevOps pipeline',
    request: { ...azure, pipeline: 'Deploy site' },
    own: [AZURE_PIPELINE_CLAIMS],
    neighbours: [AZURE_CLAIMS, sub(AZURE_CLAIMS, 'p://other/Web Shop/Deploy site')],
    notes: [NOTES.AZURE_NAMES, NOTES.AZURE_PIPELINE],
  },
  {
    name: 'a GitHub branch',
    request: { ...github, branch: 'main' },
    own: [GITHUB_CLAIMS],
    neighbours: [
      sub(GITHUB_CLAIMS, 'repo:acme/site:ref:refs/heads/dev'),
      sub(GITHUB_CLAIMS, 'repo:acme/site:pull_request'),
    ],
    notes: [NOTES.GITHUB_NAMES],
  },
  {
    name: 'a GitHub tag',
    request: { ...github, tag: 'v1' },
    own: [sub(GITHUB_CLAIMS, 'repo:acme/site:ref:refs/tags/v1')],
    neighbours: [sub(GITHUB_CLAIMS, 'repo:acme/site:ref:refs/heads/v1')],
    notes: [NOTES.GITHUB_NAMES],
  },
  {
    name: 'a GitHub environment',
    request: { ...github, environment: 'prod:eu' },
    own: [sub(GITHUB_CLAIMS, 'repo:acme/site:environment:prod%3Aeu')],
    neighbours: [sub(GITHUB_CLAIMS, 'repo:acme/site:environment:prod')],
    notes: [NOTES.GITHUB_NAMES],
  },
  {
    name: 'GitHub pull requests',
    request: { ...github, pullRequest: true },
    own: [sub(GITHUB_CLAIMS, 'repo:acme/site:pull_request')],
    neighbours: [GITHUB_CLAIMS],
    notes: [NOTES.GITHUB_NAMES, NOTES.GITHUB_PULL_REQUESTS],
  },
  {
    name: 'a GitHub branch with immutable ids',
    request: { ...github, branch: 'main', ownerId: '77', repositoryId: '42' },
    own: [sub(GITHUB_CLAIMS, 'repo:acme@77/site@42:ref:refs/heads/main')],
    neighbours: [GITHUB_CLAIMS, sub(GITHUB_CLAIMS, 'repo:acme@78/site@42:ref:refs/heads/main')],
    notes: [NOTES.GITHUB_IDS],
  },
  {
    name: 'a GitHub branch with an audience',
    request: { ...github, branch: 'main', audience: 'deploy' },
    own: [{ ...GITHUB_CLAIMS, aud: 'deploy' }],
    neighbours: [GITHUB_CLAIMS],
    notes: [NOTES.GITHUB_NAMES],
  },
  {
    name: 'a GitLab branch',
    request: { ...gitlab, branch: 'main' },
    own: [gitlabClaims],
    neighbours: [sub(gitlabClaims, 'project_path:acme/site:ref_type:tag:ref:main')],
    notes: [NOTES.GITLAB],
  },
  {
    name: 'a GitLab tag',
    request: { ...gitlab, tag: 'v1' },
    own: [sub(gitlabClaims, 'project_path:acme/site:ref_type:tag:ref:v1')],
    neighbours: [gitlabClaims],
    notes: [NOTES.GITLAB],
  },
  {
    name: 'a CircleCI project',
    request: circleci,
    own: [circleciClaims],
    neighbours: [sub(circleciClaims, `org/${ORGANIZATION}/project/${OTHER_REPOSITORY}/user/${STEP}`)],
    notes: [NOTES.CIRCLECI, NOTES.CIRCLECI_FORKS],
  },
  {
    name: 'a Buildkite branch',
    request: buildkite,
    own: [buildkiteClaims],
    neighbours: [sub(buildkiteClaims, 'organization:acme:pipeline:site:ref:refs/heads/main2:commit:c:step:s')],
    notes: [NOTES.BUILDKITE],
  },
  {
    name: 'a Buildkite branch with an audience',
    request: { ...buildkite, audience: 'deploy' },
    own: [{ ...buildkiteClaims, aud: 'deploy' }],
    neighbours: [buildkiteClaims],
    notes: [NOTES.BUILDKITE],
  },
  {
    name: 'an HCP Terraform workspace',
    request: hcp,
    own: [hcpClaims, sub(hcpClaims, 'organization:acme:project:net:workspace:prod:run_phase:apply')],
    neighbours: [sub(hcpClaims, 'organization:acme:project:net:workspace:dev:run_phase:plan')],
    notes: [NOTES.HCP],
  },
  {
    name: 'one phase of HCP Terraform',
    request: { ...hcp, runPhase: 'apply', audience: 'x' },
    own: [{ ...sub(hcpClaims, 'organization:acme:project:net:workspace:prod:run_phase:apply'), aud: 'x' }],
    neighbours: [{ ...hcpClaims, aud: 'x' }],
    notes: [NOTES.HCP],
  },
];

const BITBUCKET_URL = 'https://api.bitbucket.org/2.0/workspaces/evil/pipelines-config/identity/oidc';
const ENTRA = `https://login.microsoftonline.com/${ORGANIZATION}/v2.0`;

/** Scopes that contradict themselves, or that no token can have. */
const REFUSED_FORMS: [name: string, request: object, problems: readonly string[]][] = [
  [
    'a branch with its prefix',
    { ...github, branch: 'refs/heads/main' },
    ['branch must be only the name: write "main" instead of "refs/heads/main"'],
  ],
  [
    'a tag with its prefix',
    { ...gitlab, tag: 'refs/tags/v1' },
    ['tag must be only the name: write "v1" instead of "refs/tags/v1"'],
  ],
  [
    'a tag for a branch',
    { ...buildkite, branch: 'refs/tags/v1' },
    ['branch is the name of a tag: give tag "v1" instead'],
  ],
  [
    'the ref of a pull request',
    { ...github, branch: 'refs/pull/7/merge' },
    ['branch must be the name of a branch, and "refs/pull/7/merge" is another ref'],
  ],
  ['a branch that Git refuses', { ...github, branch: 'a..b' }, ['branch must be a name that Git accepts for a branch']],
  ['a tag that Git refuses', { ...github, tag: 'a b' }, ['tag must be a name that Git accepts for a tag']],
  [
    'a GitLab project without its group',
    { ...gitlab, projectPath: 'acme', branch: 'main' },
    ['projectPath must be the path of the project with its groups, such as acme/site'],
  ],
  [
    'a GitLab project between slashes',
    { ...gitlab, projectPath: '/acme/site/', branch: 'main' },
    [
      'projectPath must be the path of the project with its groups, such as acme/site: write "acme/site" instead of "/acme/site/"',
    ],
  ],
  [
    'the URL of a GitLab project',
    { ...gitlab, projectPath: 'https://gitlab.com/acme/site.git', branch: 'main' },
    [
      'projectPath must be the path of the project with its groups, such as acme/site: write "acme/site" instead of "https://gitlab.com/acme/site.git"',
    ],
  ],
  [
    'a repository with .git',
    { ...github, repository: 'site.git', branch: 'main' },
    ['repository must be only the repository\'s name, as in its URL: write "site" instead of "site.git"'],
  ],
  [
    'a slug with capitals',
    { ...bitbucket, workspace: 'Acme' },
    ['workspace must be the workspace\'s slug, as in its URL: write "acme" instead of "Acme"'],
  ],
  [
    'a Buildkite slug with capitals',
    { ...buildkite, pipeline: 'Site' },
    ['pipeline must be the slug, as in the URL: write "site" instead of "Site"'],
  ],
  [
    'a name with a blank at its end',
    { ...azure, serviceConnection: 'aws-prod ' },
    ['serviceConnection must not begin or end with a blank: write "aws-prod"'],
  ],
  [
    'an owner in Cyrillic letters',
    { ...github, owner: '\u0430\u0441me', branch: 'main' },
    ['owner mixes letters of two alphabets that look alike, in "\u0430\u0441me": type it again'],
  ],
  [
    'an owner in other than ASCII letters',
    { ...github, owner: 'acmé', branch: 'main' },
    ["owner must be the owner's name, as in its URL"],
  ],
  [
    'an invisible character',
    { ...azure, serviceConnection: 'aws\u200b-prod' },
    ['serviceConnection must not contain an invisible character: it has U+200B'],
  ],
  [
    'a placeholder',
    { ...azure, project: 'a', pipeline: '$(Build.DefinitionName)' },
    ['pipeline is still a placeholder: replace "$(Build.DefinitionName)"'],
  ],
  [
    'another placeholder',
    { ...github, owner: '<owner>', branch: 'main' },
    ['owner is still a placeholder: replace "<owner>"'],
  ],
  [
    'a third placeholder',
    { ...github, owner: 'YOUR_ORG', branch: 'main' },
    ['owner is still a placeholder: replace "YOUR_ORG"'],
  ],
  ...['{{resolve:ssm:/x}}', 'a {{ RESOLVE:secretsmanager:x}}'].map(
    (serviceConnection): (typeof REFUSED_FORMS)[number] => [
      `what CloudFormation would replace: ${serviceConnection}`,
      { ...azure, serviceConnection },
      ['serviceConnection must not contain "{{resolve:": CloudFormation would replace it'],
    ],
  ),
  [
    'the UUID of a workspace for its slug',
    { ...bitbucket, workspace: WORKSPACE },
    ["workspace is the workspace's UUID: give its slug, as in its URL"],
  ],
  [
    'one UUID for workspace and repository',
    { ...bitbucket, repositoryUuid: `{${WORKSPACE.toUpperCase()}}` },
    ['repositoryUuid is the same UUID as workspaceUuid: they name different things'],
  ],
  [
    'one UUID for repository and environment',
    { ...bitbucket, deploymentEnvironmentUuid: REPOSITORY },
    ['deploymentEnvironmentUuid is the same UUID as repositoryUuid: they name different things'],
  ],
  [
    'the id of a connection',
    { ...azure, serviceConnection: REPOSITORY },
    ['serviceConnection is an id, and the subject has the name: give that'],
  ],
  [
    'the id of an organization for its name',
    { ...azure, organization: ORGANIZATION, pipeline: 'a' },
    ["organization must be the organization's name, as in its URL"],
  ],
  [
    'the issuer of another organization',
    { ...azure, pipeline: 'a', issuer: `https://vstoken.dev.azure.com/${REPOSITORY}` },
    [`issuer is of the organization "${REPOSITORY}", and the scope of "${ORGANIZATION}"`],
  ],
  [
    'the issuer of another organization of CircleCI',
    { ...circleci, issuer: `https://oidc.circleci.com/org/${WORKSPACE}` },
    [`issuer is of the organization "${WORKSPACE}", and the scope of "${ORGANIZATION}"`],
  ],
  [
    'the issuer of another workspace',
    { ...bitbucket, issuer: BITBUCKET_URL },
    ['issuer is of the workspace "evil", and the scope of "acme"'],
  ],
  [
    'a connection by name at Microsoft Entra',
    { ...azure, serviceConnection: 'aws-prod', issuer: ENTRA },
    ['issuer has ids in its subjects, and this scope has names: leave the issuer out'],
  ],
  [
    'a branch of CircleCI without its origin',
    { ...circleci, branch: 'main' },
    ['branch needs vcsOrigin: a branch of a fork can have the same name'],
  ],
  [
    'a branch and a tag of CircleCI',
    { ...circleci, vcsOrigin: 'github.com/acme/site', branch: 'main', tag: 'v1' },
    ['branch | tag are alternatives: give one of them'],
  ],
  [
    'the URL of an origin',
    { ...circleci, vcsOrigin: 'github.com/acme/site.git' },
    [
      'vcsOrigin must be the repository\'s host and path, such as github.com/acme/site: write "github.com/acme/site" instead of "github.com/acme/site.git"',
    ],
  ],
  [
    'a project of HCP with a dot',
    { ...hcp, project: 'a.b' },
    ['project must be the name, of letters, digits, blanks, "-" and "_"'],
  ],
];

describe('generating a trust policy', () => {
  for (const { name, request, own, neighbours, notes } of SCOPES) {
    describe(name, () => {
      it('admits its own tokens', () => {
        const generated = generate(request);
        for (const claims of own)
          assert.equal(evaluate(generated.trustPolicy, { claims, roleArn: ROLE_ARN }).decision, 'allow');
      });

      it("refuses its neighbours' tokens", () => {
        const generated = generate(request);
        for (const claims of neighbours)
          assert.equal(evaluate(generated.trustPolicy, { claims, roleArn: ROLE_ARN }).decision, 'deny');
      });

      it('passes lint', () => {
        const generated = generate(request);
        const findings = lint(generated.trustPolicy, { roleArn: ROLE_ARN, issuer: generated.providerUrl });
        assert.deepEqual(
          findings.filter(({ severity }) => severity !== 'info'),
          [],
        );
      });

      it('registers the audience and names the provider it trusts', () => {
        const generated = generate(request);
        assert.deepEqual(generated.clientIds, [own[0]?.['aud']]);
        assert.equal(generated.trustPolicy.Statement[0]?.Principal.Federated, generated.providerArn);
        assert.equal(generated.providerUrl, own[0]?.['iss']);
        assert.deepEqual(generated.notes, notes);
      });
    });
  }

  it('equals the policy that Atlassian and AWS document', () => {
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
        notes: [NOTES.BITBUCKET_DEPLOYMENTS, NOTES.BITBUCKET_SLUG],
      },
    );
  });

  it('allows tags only on request', () => {
    const actions = (more: object) => generate({ ...bitbucket, ...more }).trustPolicy.Statement[0]?.Action;
    assert.equal(actions({}), 'sts:AssumeRoleWithWebIdentity');
    assert.equal(actions({ allowTagSession: false }), 'sts:AssumeRoleWithWebIdentity');
  });

  it('uses another partition on request', () => {
    assert.match(generate({ ...bitbucket, partition: 'aws-cn' }).providerArn, /^arn:aws-cn:iam::/);
  });

  it('accepts the issuer of a local emulator or of an enterprise', () => {
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

  it('takes names that look like policy variables literally', () => {
    const { trustPolicy } = generate({ ...azure, pipeline: 'a${aws:userid}b' });
    const admits = (name: string) =>
      evaluate(trustPolicy, { claims: sub(AZURE_CLAIMS, `p://acme/Web Shop/${name}`), roleArn: ROLE_ARN }).decision;
    assert.equal(admits('a${aws:userid}b'), 'allow');
    assert.equal(admits(`a${providerArn('x')}b`), 'deny');
  });

  const UUID = 'must be a UUID, with or without braces';
  const ONE = 'must not contain a wildcard: name exactly one';
  const MISSING = 'is missing';
  const PARTITION = 'partition must be a partition such as aws or aws-cn';
  const ACCOUNT = 'account must be twelve digits';
  const ADDRESSES = 'sourceIps must be IP addresses or CIDR blocks';
  const ID = 'must be a number; give both ids or neither';
  const wrong: readonly [name: string, request: object, problems: readonly string[]][] = [
    ['nothing', {}, ['provider is not one this package knows']],
    ['an unknown provider', { provider: 'jenkins', account }, ['provider is not one this package knows']],
    [
      'a provider and nothing else',
      { provider: 'bitbucket' },
      [`workspace ${MISSING}`, `repositoryUuid ${MISSING}`, `workspaceUuid ${MISSING}`, `account ${MISSING}`],
    ],
    ['a repository slug', { ...bitbucket, repositoryUuid: 'site' }, [`repositoryUuid ${UUID}`]],
    ['a wildcard for a UUID', { ...bitbucket, repositoryUuid: '*' }, [`repositoryUuid ${UUID}`]],
    [
      'an environment name',
      { ...bitbucket, deploymentEnvironmentUuid: 'production' },
      [`deploymentEnvironmentUuid ${UUID}`],
    ],
    [
      'a workspace with a slash',
      { ...bitbucket, workspace: 'a/b' },
      ["workspace must be the workspace's slug, as in its URL"],
    ],
    ['a short account', { ...bitbucket, account: '123' }, [ACCOUNT]],
    ['an account with a letter before it', { ...bitbucket, account: `x${account}` }, [ACCOUNT]],
    ['an account of thirteen digits', { ...bitbucket, account: `${account}0` }, [ACCOUNT]],
    ['an account that is a number', { ...bitbucket, account: 123456789012 }, [`account ${MISSING}`]],
    ['a partition that is none', { ...bitbucket, partition: 'azure' }, [PARTITION]],
    ['a partition that only ends like one', { ...bitbucket, partition: 'my-aws' }, [PARTITION]],
    ['a partition with a colon', { ...bitbucket, partition: 'aws:' }, [PARTITION]],
    ['addresses that are none', { ...bitbucket, sourceIps: ['10.0.0.0/40'] }, [ADDRESSES]],
    ['one address that is none among others', { ...bitbucket, sourceIps: ['10.0.0.0/8', 'x', 'y'] }, [ADDRESSES]],
    ['addresses that are no text', { ...bitbucket, sourceIps: 7 }, [ADDRESSES]],
    [
      "another system's issuer",
      { ...bitbucket, issuer: 'https://gitlab.com' },
      ['issuer is not an issuer URL of bitbucket'],
    ],
    [
      "an issuer of nobody's",
      { ...bitbucket, issuer: 'https://ci.example' },
      ['issuer is not an issuer URL of bitbucket'],
    ],
    ['an issuer without scheme', { ...bitbucket, issuer: BITBUCKET }, ['issuer is not an issuer URL of bitbucket']],
    [
      'http on a public host',
      { ...bitbucket, issuer: `http://${BITBUCKET}` },
      ['issuer must begin with https://; http:// is for a local emulator only'],
    ],
    ['neither connection nor pipeline', azure, ['serviceConnection | pipeline is missing: give one of them']],
    [
      'both connection and pipeline',
      { ...azure, pipeline: 'a', serviceConnection: 'b' },
      ['serviceConnection | pipeline are alternatives: give one of them'],
    ],
    [
      'an organization name for its id',
      { ...azure, organizationId: 'acme', pipeline: 'a' },
      [`organizationId ${UUID}`],
    ],
    ['a wildcard for a connection', { ...azure, serviceConnection: 'aws-*' }, [`serviceConnection ${ONE}`]],
    [
      'a project with a slash',
      { ...azure, project: 'a/b', pipeline: 'x' },
      ["project must be the project's name, not its id or URL"],
    ],
    [
      'an organization with a slash',
      { ...azure, organization: 'a/b', pipeline: 'x' },
      ["organization must be the organization's name, as in its URL"],
    ],
    ['a name with a line break', { ...azure, pipeline: 'a\nb' }, ['pipeline must not contain control characters']],
    ['an empty name', { ...azure, pipeline: '' }, [`pipeline ${MISSING}`]],
    ['no GitHub context', github, ['environment | branch | tag | pullRequest is missing: give one of them']],
    ['the owner id alone', { ...github, branch: 'main', ownerId: '7' }, [`repositoryId ${MISSING}`]],
    ['the repository id alone', { ...github, branch: 'main', repositoryId: '7' }, [`ownerId ${MISSING}`]],
    ['an owner id with a sign', { ...github, branch: 'main', ownerId: '+7', repositoryId: '42' }, [`ownerId ${ID}`]],
    ['an owner id with a unit', { ...github, branch: 'main', ownerId: '7n', repositoryId: '42' }, [`ownerId ${ID}`]],
    ['a wildcard branch', { ...github, branch: 'release/*' }, [`branch ${ONE}`]],
    [
      'an owner with a colon',
      { ...github, owner: 'a:b', branch: 'main' },
      ["owner must be the owner's name, as in its URL"],
    ],
    [
      'a repository with its owner',
      { ...github, repository: 'acme/site', branch: 'main' },
      ["repository must be only the repository's name, as in its URL"],
    ],
    ['no GitLab audience', { ...gitlab, audience: undefined, branch: 'main' }, [`audience ${MISSING}`]],
    [
      'a GitLab project with a colon',
      { ...gitlab, projectPath: 'a:b', branch: 'main' },
      ['projectPath must be the path of the project with its groups, such as acme/site'],
    ],
    [
      'a Buildkite organization and pipeline with a colon',
      { ...buildkite, organization: 'a:b', pipeline: 'c:d' },
      ['organization must be the slug, as in the URL', 'pipeline must be the slug, as in the URL'],
    ],
    [
      'a Buildkite branch with a colon',
      { ...buildkite, branch: 'a:b' },
      ['branch must be a name that Git accepts for a branch'],
    ],
    [
      'a workspace with a colon',
      { ...hcp, workspace: 'a:b' },
      ['workspace must be the name, of letters, digits, "-" and "_"'],
    ],
    ...REFUSED_FORMS,
    ['a run phase that is none', { ...hcp, runPhase: 'destroy' }, ['runPhase must be plan or apply']],
    ['a run phase that only ends like one', { ...hcp, runPhase: 'replan' }, ['runPhase must be plan or apply']],
    ['a run phase that only begins like one', { ...hcp, runPhase: 'planned' }, ['runPhase must be plan or apply']],
  ];
  for (const [name, request, problems] of wrong) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => generate(request as GenerateRequest),
        (error: unknown) => {
          assert.ok(error instanceof ScopeError);
          assert.equal(error.name, 'ScopeError');
          assert.equal(error.message, `No trust policy can be written: ${problems.join('; ')}.`);
          assert.deepEqual(
            error.problems.map(({ field, reason }) => `${field} ${reason}`),
            problems,
          );
          return true;
        },
      );
    });
  }

  it('never writes an unescaped wildcard or variable from its input', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '*', '?', '$', '{', '}', ':', '/'), minLength: 1 }),
        (name) => {
          const request = { ...azure, pipeline: name };
          if (/[*?]|\$\{a+\}/.test(name)) return assert.throws(() => generate(request), ScopeError);
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

describe('generating for a project of CircleCI', () => {
  const origin = { ...circleci, vcsOrigin: 'github.com/acme/site' } as const;
  const claims = (rest: string) => sub(circleciClaims, `${circleciClaims['sub']}${rest}`);
  const admits = (request: GenerateRequest, rest: string) =>
    evaluate(generate(request).trustPolicy, { claims: claims(rest), roleArn: ROLE_ARN }).decision === 'allow';

  it('with an origin, admits only code of that repository', () => {
    assert.equal(admits(origin, '/vcs-origin/github.com/acme/site/vcs-ref/refs/heads/main'), true);
    assert.equal(admits(origin, '/vcs-origin/github.com/evil/site/vcs-ref/refs/heads/main'), false);
    assert.equal(admits(origin, ''), false);
    assert.deepEqual(generate(origin).notes, [NOTES.CIRCLECI_ORIGIN]);
  });

  it('does not admit a branch of a fork that ends in the origin of the project', () => {
    const forged = '/vcs-origin/github.com/acme/site/vcs-ref/refs/heads/main';
    for (const request of [origin, { ...origin, branch: 'main' }]) {
      assert.equal(admits(request, `/vcs-origin/github.com/evil/site/vcs-ref/refs/heads/x${forged}`), false);
    }
    const statement = statementFor(claims(forged), { roleArn: ROLE_ARN });
    const policy = { Version: '2012-10-17', Statement: [statement] };
    const decide = (rest: string) => evaluate(policy, { claims: claims(rest), roleArn: ROLE_ARN }).decision;
    assert.equal(decide(forged), 'allow');
    assert.equal(decide(`/vcs-origin/github.com/evil/site/vcs-ref/refs/heads/x${forged}`), 'deny');
  });

  it('can be limited to a branch or a tag', () => {
    const ref = (name: string) => `/vcs-origin/github.com/acme/site/vcs-ref/${name}`;
    assert.equal(admits({ ...origin, branch: 'main' }, ref('refs/heads/main')), true);
    assert.equal(admits({ ...origin, branch: 'main' }, ref('refs/heads/main2')), false);
    assert.equal(admits({ ...origin, tag: 'v1' }, ref('refs/tags/v1')), true);
    assert.equal(admits({ ...origin, tag: 'v1' }, ref('refs/heads/v1')), false);
  });

  it('gets a lint finding about forks only without an origin', () => {
    assert.deepEqual(
      lint(generate(circleci).trustPolicy).map(({ id, severity }) => [id, severity]),
      [['circleci-forks', 'info']],
    );
    assert.deepEqual(lint(generate(origin).trustPolicy), []);
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
        assert.deepEqual(
          lint(policy, { roleArn: ROLE_ARN }).filter(({ severity }) => severity !== 'info'),
          [],
        );
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

  it('takes a ref that looks like a policy variable literally', () => {
    const claims = sub(buildkiteClaims, 'organization:acme:pipeline:site:ref:${a}?:commit:c:step:s');
    assert.equal(evaluate(policyFor(claims), { claims, roleArn: ROLE_ARN }).decision, 'allow');
  });

  it('compares the authorized party if there is one', () => {
    const claims = { ...AZURE_CLAIMS, azp: 'client' };
    assert.equal(evaluate(policyFor(claims), { claims, roleArn: ROLE_ARN }).decision, 'allow');
  });

  it('uses the whole subject of an unknown system', () => {
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
    ['no audience but an authorized party', { ...AZURE_CLAIMS, aud: [], azp: 'client' }],
    ['several audiences', { ...AZURE_CLAIMS, aud: ['a', 'b'] }],
  ] as const) {
    it(`is undefined if the token has ${name}`, () =>
      assert.equal(statementFor(claims, { roleArn: ROLE_ARN }), undefined));
  }
});
