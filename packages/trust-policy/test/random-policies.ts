/**
 * Random trust policies of all CI systems, and the jobs and callers that could try them. Shares no code with the code
 * under test.
 */
import fc from 'fast-check';
import type { Claims } from '../src/index.ts';
import { ENVIRONMENT, ORGANIZATION, OTHER_REPOSITORY, providerArn, REPOSITORY, STEP, WORKSPACE } from './support.ts';

const GITHUB = 'token.actions.githubusercontent.com';
const CIRCLECI = `oidc.circleci.com/org/${ORGANIZATION}`;
const BITBUCKET = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
const AZURE = `vstoken.dev.azure.com/${ORGANIZATION}`;

interface System {
  readonly issuer: string;
  readonly audience: string;
  /** Parts from which values of `sub` are made: whole subjects, patterns, mistakes. */
  readonly subjects: readonly string[];
  /** Claims that AWS offers, with values to require. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** Whether a job of another owner can have a subject. Absent if the issuer belongs to one customer. */
  isPossibleForStrangers?(sub: string): boolean;
  readonly tokens: readonly Claims[];
}

/** Claims that a customised GitHub subject can contain, with values that only the owner has. */
const OWNED: Readonly<Record<string, RegExp>> = {
  repo: /^acme(?:@\d+)?\//,
  repository: /^acme\//,
  repository_owner: /^acme$/,
  repository_owner_id: /^123$/,
  repository_id: /^456$/,
  enterprise: /^acme$/,
  enterprise_id: /^9$/,
};
/** Claims with text that a stranger chooses or shares. A workflow's name can contain anything. */
const FREE = ['environment', 'ref', 'base_ref', 'head_ref', 'actor', 'job_workflow_ref'];
const FIXED: Readonly<Record<string, RegExp>> = {
  ref_type: /^(?:branch|tag)$/,
  event_name: /^(?:push|pull_request)$/,
  runner_environment: /^(?:github|self)-hosted$/,
  ref_protected: /^(?:true|false)$/,
};

/** Whether a stranger can have GitHub mint a subject, by the default form or by `include_claim_keys`. */
function isPossibleAtGitHub(sub: string): boolean {
  if (/^workflow:./s.test(sub)) return true;
  const [key = '', value = '', ...rest] = sub.split(':');
  if (value === '') return false;
  const isOwn = OWNED[key];
  if (isOwn !== undefined) {
    const isWellFormed =
      key === 'repo' || key === 'repository' ? /^[^/@]+(?:@\d+)?\/[^/]+$/.test(value) : /^[^/]+$/.test(value);
    // After the first value that belongs to the stranger, the rest is context that the stranger chooses.
    return isWellFormed && !isOwn.test(value) && (key !== 'repo' || rest.length > 0);
  }
  const isPossible = FREE.includes(key) || FIXED[key]?.test(value) === true;
  return isPossible && (rest.length === 0 || isPossibleAtGitHub(rest.join(':')));
}

function githubToken(sub: string, owner: 'acme' | 'evil'): Claims {
  const own = owner === 'acme';
  return {
    iss: `https://${GITHUB}`,
    aud: 'sts.amazonaws.com',
    sub,
    repository: own ? 'acme/site' : 'evil/x',
    repository_id: own ? '456' : '999',
    repository_owner_id: own ? '123' : '666',
    enterprise_id: own ? '9' : '77',
    actor: 'dependabot[bot]',
    actor_id: own ? '7' : '13',
    environment: 'production',
    ref: 'refs/heads/main',
    workflow: 'deploy',
    job_workflow_ref: `${own ? 'acme/site' : 'evil/x'}/.github/workflows/deploy.yml@refs/heads/main`,
  };
}

export const SYSTEMS: readonly System[] = [
  {
    issuer: GITHUB,
    audience: 'sts.amazonaws.com',
    subjects: [
      'repo:acme/site:ref:refs/heads/main',
      'repo:acme/site:environment:production',
      'repo:acme/site:*',
      'repo:acme/*',
      'repo:acme*',
      'repo:acm?/site:*',
      'repo:*',
      'repo:*/site:*',
      'repo:acme@123/site@456:*',
      'repo:acme@*/site@*:ref:refs/heads/main',
      'repo:*@123/*',
      'repo:acme/site:refs/heads/main',
      '*:ref:refs/heads/main',
      '*acme/site*',
      'environment:production',
      'environment:production:repo:acme/site',
      'workflow:deploy:repo:acme/site:ref:refs/heads/main',
      'ref_type:branch:repository_owner_id:123:*',
      'event_name:push:repository_owner:acm*',
      'repository_owner_id:123:*',
      'repository_owner_id:12*',
      'repository_id:456:environment:production',
      'job_workflow_ref:acme/site/*',
      'actor:dependabot[bot]',
      `repo:\${${GITHUB}:repository}:ref:refs/heads/main`,
      `\${${GITHUB}:sub}`,
      'repo:${aws:ResourceAccount}/site:*',
      'repo:<owner>/site:*',
      '*',
      '?*',
      '',
    ],
    claims: {
      repository: ['acme/site', 'acme/*', '*/site', 'acm*', `\${${GITHUB}:repository}`],
      repository_id: ['456', '4*', '*'],
      repository_owner_id: ['123', '12?', `\${${GITHUB}:repository_owner_id}`],
      repository_owner: ['acme'],
      enterprise_id: ['9'],
      environment: ['production'],
      actor: ['dependabot[bot]'],
      workflow: ['deploy'],
      job_workflow_ref: ['acme/site/.github/workflows/deploy.yml@*', 'acme*', '*'],
    },
    isPossibleForStrangers: isPossibleAtGitHub,
    tokens: [
      githubToken('repo:acme/site:ref:refs/heads/main', 'acme'),
      githubToken('repo:acme/site:environment:production', 'acme'),
      githubToken('repo:acme/other:pull_request', 'acme'),
      githubToken('repo:evil/x:ref:refs/heads/main', 'evil'),
    ],
  },
  {
    issuer: 'gitlab.com',
    audience: 'https://aws.example',
    subjects: [
      'project_path:acme/site:ref_type:branch:ref:main',
      'project_path:acme/site:*',
      'project_path:acme/*',
      'project_path:acme*',
      'project_path:*',
      'project_path:*:ref_type:branch:ref:main',
      '*:ref:main',
      'project_id:42:*',
      '${gitlab.com:sub}',
      '*',
    ],
    claims: {
      namespace_id: ['72', '7*'],
      project_id: ['42'],
      ref_protected: ['true'],
      user_login: ['ann'],
      namespace_path: ['acme'],
    },
    isPossibleForStrangers: (sub) => /^project_path:(?!acme\/)[^/:]+\/[^:]+:ref_type:[^:]+:ref:./s.test(sub),
    tokens: ['acme/site', 'acme/other', 'evil/site'].map((project) => ({
      iss: 'https://gitlab.com',
      aud: 'https://aws.example',
      sub: `project_path:${project}:ref_type:branch:ref:main`,
      namespace_id: project.startsWith('acme') ? '72' : '73',
      project_id: project === 'acme/site' ? '42' : '43',
      ref_protected: 'true',
      user_login: 'ann',
    })),
  },
  {
    issuer: 'agent.buildkite.com',
    audience: 'sts.amazonaws.com',
    subjects: [
      'organization:acme:pipeline:site:ref:refs/heads/main:commit:*:step:*',
      'organization:acme:pipeline:site:*',
      'organization:acme:*',
      'organization:acme*',
      'organization:*',
      'organization:*:pipeline:site:*',
      'site',
      '*',
    ],
    claims: {
      organization_id: ['o-1', 'o-*'],
      organization_slug: ['acme'],
      pipeline_id: ['p-1'],
      pipeline_slug: ['site'],
      build_branch: ['main'],
    },
    isPossibleForStrangers: (sub) =>
      /^organization:(?!acme:)[^:]+:pipeline:[^:]+:/.test(sub) || /^[a-z][^:]*$/.test(sub),
    tokens: ['acme', 'evil'].map((organization) => ({
      iss: 'https://agent.buildkite.com',
      aud: 'sts.amazonaws.com',
      sub: `organization:${organization}:pipeline:site:ref:refs/heads/main:commit:abc:step:x`,
      organization_id: organization === 'acme' ? 'o-1' : 'o-2',
      organization_slug: organization,
      pipeline_id: organization === 'acme' ? 'p-1' : 'p-2',
      pipeline_slug: 'site',
      build_branch: 'main',
    })),
  },
  {
    issuer: 'app.terraform.io',
    audience: 'aws.workload.identity',
    subjects: [
      'organization:acme:project:net:workspace:prod:run_phase:apply',
      'organization:acme:project:net:workspace:prod:*',
      'organization:acme:project:net:stack:prod:*',
      'organization:acme:*',
      'organization:acme*',
      'organization:*',
      '*:workspace:prod:*',
      '${app.terraform.io:sub}',
    ],
    claims: { terraform_organization_name: ['acme'] },
    isPossibleForStrangers: (sub) => /^organization:(?!acme:)[^:]+:project:./.test(sub),
    tokens: ['acme', 'evil'].map((organization) => ({
      iss: 'https://app.terraform.io',
      aud: 'aws.workload.identity',
      sub: `organization:${organization}:project:net:workspace:prod:run_phase:apply`,
    })),
  },
  {
    issuer: 'oidc.codefresh.io',
    audience: 'sts.amazonaws.com',
    subjects: ['account:acme:pipeline:7:*', 'account:acme*', 'account:*', '*:pipeline:7:*', '????????*'],
    claims: {},
    isPossibleForStrangers: (sub) => /^account:(?!acme:)[^:]+:pipeline:./.test(sub),
    tokens: ['acme', 'evil'].map((account) => ({
      iss: 'https://oidc.codefresh.io',
      aud: 'sts.amazonaws.com',
      sub: `account:${account}:pipeline:7:initiator:manual`,
    })),
  },
  {
    issuer: BITBUCKET,
    audience: `ari:cloud:bitbucket::workspace/${WORKSPACE}`,
    subjects: [
      `{${REPOSITORY}}:*`,
      `{${REPOSITORY}}*`,
      `{${REPOSITORY}}:{${ENVIRONMENT}}:*`,
      `{${REPOSITORY}}:{${STEP}}`,
      `{${REPOSITORY}}`,
      `${REPOSITORY}:*`,
      `{{${REPOSITORY}}}:*`,
      `{${REPOSITORY.toUpperCase()}}:*`,
      'acme/site:*',
      '{*}:*',
      '{aaaa*',
      '*',
    ],
    claims: { branchName: ['main'] },
    tokens: [
      `{${REPOSITORY}}:{${STEP}}`,
      `{${REPOSITORY}}:{${ENVIRONMENT}}:{${STEP}}`,
      `{${OTHER_REPOSITORY}}:{${STEP}}`,
    ].map((sub) => ({ iss: `https://${BITBUCKET}`, aud: `ari:cloud:bitbucket::workspace/${WORKSPACE}`, sub })),
  },
  {
    issuer: AZURE,
    audience: 'api://AzureADTokenExchange',
    subjects: [
      'sc://acme/shop/deploy',
      'sc://acme/shop/deploy *',
      'sc://acme/shop/*',
      'sc://acme/*',
      'sc://*',
      'p://acme/shop/site',
      'sc:///acme/shop/deploy',
      'SC://acme/shop/deploy',
      'acme/shop/deploy',
    ],
    claims: { rpo_ref: ['refs/heads/main'] },
    tokens: ['sc://acme/shop/deploy', 'sc://acme/shop/deploy *', 'sc://acme/other/x', 'p://acme/shop/site'].map(
      (sub) => ({
        iss: `https://${AZURE}`,
        aud: 'api://AzureADTokenExchange',
        sub,
      }),
    ),
  },
  {
    issuer: CIRCLECI,
    audience: ORGANIZATION,
    subjects: [`org/${ORGANIZATION}/project/${REPOSITORY}/user/*`, `org/${ORGANIZATION}/*`, `org/*`, '*'],
    claims: { 'oidc.circleci.com/project-id': [REPOSITORY] },
    tokens: [REPOSITORY, OTHER_REPOSITORY].map((project) => ({
      iss: `https://${CIRCLECI}`,
      aud: ORGANIZATION,
      sub: `org/${ORGANIZATION}/project/${project}/user/${STEP}`,
      'oidc.circleci.com/project-id': project,
    })),
  },
];

const OPERATORS = [
  'StringEquals',
  'StringEquals',
  'StringLike',
  'StringLike',
  'StringLike',
  'StringEqualsIgnoreCase',
  'StringNotEquals',
  'StringNotLike',
  'StringNotEqualsIgnoreCase',
  'StringEqualsIfExists',
  'StringLikeIfExists',
  'ForAnyValue:StringEquals',
  'ForAnyValue:StringLike',
  'ForAllValues:StringEquals',
  'ForAllValues:StringLike',
  'ForAllValues:StringNotLike',
  'ForAnyValue:StringNotLike',
  'NumericEquals',
  'NumericNotEqualsIfExists',
  'ArnLike',
  'Null',
  'Stringlike',
] as const;

/** Keys of the request that do not identify the owner. */
const REQUEST_KEYS: Readonly<Record<string, readonly string[]>> = {
  'sts:RoleSessionName': ['ci-*', 'ci-7'],
  'aws:PrincipalAccount': ['123456789012', '9*', '${aws:PrincipalAccount}'],
  'aws:PrincipalOrgID': ['o-acme123456', 'o-*'],
  'aws:PrincipalArn': [
    'arn:aws:iam::123456789012:role/ci',
    'arn:aws:iam::*:role/ci',
    '*:role/ci',
    '${aws:PrincipalArn}',
  ],
  'sts:ExternalId': ['secret'],
};

interface ConditionEntry {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

function keySpellings(issuer: string, claim: string): fc.Arbitrary<string> {
  const key = `${issuer}:${claim}`;
  return fc.oneof(
    { arbitrary: fc.constant(key), weight: 20 },
    fc.constantFrom(
      key.toUpperCase(),
      `${issuer.charAt(0).toUpperCase()}${issuer.slice(1)}:${claim}`,
      `https://${key}`,
      `${providerArn(issuer)}:${claim}`,
      `other.example:${claim}`,
    ),
  );
}

function condition(system: System): fc.Arbitrary<ConditionEntry> {
  const values = (pool: readonly string[]) => fc.array(fc.constantFrom(...pool), { minLength: 1, maxLength: 2 });
  const entry = (key: fc.Arbitrary<string>, pool: readonly string[]) =>
    fc
      .record({ operator: fc.constantFrom(...OPERATORS), key, values: values(pool) })
      .map(({ operator, ...rest }) =>
        operator === 'Null' ? { ...rest, operator, values: ['false'] } : { ...rest, operator },
      );
  const claims = Object.entries(system.claims).map(([claim, pool]) => entry(keySpellings(system.issuer, claim), pool));
  const requests = Object.entries(REQUEST_KEYS).map(([key, pool]) => entry(fc.constant(key), pool));
  return fc.oneof(
    { arbitrary: entry(keySpellings(system.issuer, 'sub'), system.subjects), weight: 8 },
    { arbitrary: entry(keySpellings(system.issuer, 'aud'), [system.audience, 'sts.amazonaws.com', '*']), weight: 3 },
    ...claims.map((arbitrary) => ({ arbitrary, weight: 1 })),
    ...requests.map((arbitrary) => ({ arbitrary, weight: 1 })),
  );
}

/** Writes conditions as IAM does. If two have the same operator and key, the later one wins. */
function conditionBlock(entries: readonly ConditionEntry[]): object {
  const block: Record<string, Record<string, unknown>> = {};
  for (const { operator, key, values } of entries) {
    block[operator] = { ...block[operator], [key]: values.length === 1 ? values[0] : values };
  }
  return block;
}

/** The right audience and a subject, as most policies have them. */
function usualConditions({ issuer, audience, subjects }: System): fc.Arbitrary<ConditionEntry[]> {
  return fc
    .record({
      operator: fc.constantFrom('StringEquals', 'StringLike'),
      values: fc.array(fc.constantFrom(...subjects), { minLength: 1, maxLength: 2 }),
    })
    .map(({ operator, values }) => [
      { operator: 'StringEquals', key: `${issuer}:aud`, values: [audience] },
      { operator, key: `${issuer}:sub`, values },
    ]);
}

function statement(system: System): fc.Arbitrary<object> {
  const provider = providerArn(system.issuer);
  const weighted = <T>(usual: T, ...others: readonly T[]) =>
    fc.oneof({ arbitrary: fc.constant(usual), weight: 12 }, fc.constantFrom(...others));
  return fc
    .record({
      effect: fc.oneof({ arbitrary: fc.constant('Allow'), weight: 5 }, fc.constant('Deny')),
      principal: weighted<unknown>(
        { Federated: provider },
        '*',
        { AWS: '*' },
        { AWS: '*', Federated: provider },
        { Federated: [provider, providerArn('gitlab.com')] },
        { AWS: 'arn:aws:iam::123456789012:root', Federated: provider },
      ),
      action: weighted<unknown>(
        'sts:AssumeRoleWithWebIdentity',
        'sts:*',
        '*',
        's3:*',
        'sts:TagSession',
        'sts:AssumeRole',
        ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity'],
        ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 's3:*'],
      ),
      notAction: fc.oneof({ arbitrary: fc.constant(false), weight: 20 }, fc.constant(true)),
      conditions: fc.oneof(usualConditions(system), fc.array(condition(system), { maxLength: 4 })),
    })
    .map(({ effect, principal, action, notAction, conditions }) => ({
      Effect: effect,
      Principal: principal,
      [notAction ? 'NotAction' : 'Action']: notAction ? 'sts:TagSession' : action,
      ...(conditions.length === 0 ? {} : { Condition: conditionBlock(conditions) }),
    }));
}

export interface RandomPolicy {
  readonly system: System;
  readonly policy: object;
  /** Order in which fixes are applied. */
  readonly order: readonly number[];
}

export const RANDOM_POLICY: fc.Arbitrary<RandomPolicy> = fc
  .oneof({ arbitrary: fc.constantFrom(...SYSTEMS), weight: 3 }, fc.constantFrom(...SYSTEMS.slice(0, 1)))
  .chain((system) =>
    fc
      .record({
        version: fc.oneof(
          { arbitrary: fc.constant('2012-10-17'), weight: 8 },
          fc.constantFrom('2008-10-17', undefined),
        ),
        statements: fc.array(statement(system), { minLength: 1, maxLength: 3 }),
        order: fc.array(fc.nat(99), { minLength: 8, maxLength: 8 }),
      })
      .map(({ version, statements, order }) => ({
        system,
        policy: { ...(version === undefined ? {} : { Version: version }), Statement: statements },
        order,
      })),
  );

/** Text that an attacker puts in the place of a policy's wildcard. */
const FILLINGS = [
  '',
  'x',
  'evil',
  'evil/x',
  'evil/x:ref:refs/heads/main',
  'evil@666/x@999:ref:refs/heads/a',
  '-evil/x:y',
  'evil:pipeline:deploy:ref:z:commit:a:step:b',
  'evil:project:p:workspace:w:run_phase:plan',
];
const FRONTS = [
  '',
  'repo:evil/',
  'repo:evil/x:',
  'repo:evil/x:ref:refs/heads/',
  'workflow:',
  'project_path:evil/x:ref_type:branch',
  'project_path:evil/x:ref_type:branch:ref:',
  'organization:evil',
  'organization:evil:project:p:',
  'organization:evil:pipeline:p:',
  'account:evil',
  'account:evil:pipeline:p:',
];

/** Subjects that fit the policy's values, as an attacker would try them. */
export function fittingSubjects(values: readonly string[]): string[] {
  const subjects = values.flatMap((value) => {
    const [front = '', ...rest] = value.split('*');
    const fill = (filling: string) =>
      rest
        .map((part) => `${filling}${part}`)
        .join('')
        .replaceAll('?', 'x');
    const fronts = front === '' && rest.length > 0 ? FRONTS : [front.replaceAll('?', 'x')];
    return fronts.flatMap((begin) => FILLINGS.map((filling) => `${begin}${fill(filling)}`));
  });
  return [...new Set(subjects)];
}
