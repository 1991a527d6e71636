import type { Claims } from '../src/index.ts';
import {
  AZURE,
  BITBUCKET,
  ENVIRONMENT,
  GITHUB,
  OTHER_ENVIRONMENT,
  OTHER_REPOSITORY,
  REPOSITORY,
  WORKSPACE,
} from './support.ts';

/**
 * A token and its job, which has the same name in every run. ` > ` separates a part of the job that some of its tokens
 * do not reveal, e.g. Bitbucket's environment.
 */
export interface JobToken {
  readonly issuer: string;
  readonly job: string;
  readonly claims: Claims;
}

/** UUIDs that differ only in their beginning. */
const uuid = (number: number) => `${String(number).padStart(8, '1')}-1111-4222-8333-444444444444`;
const ENTRA = `login.microsoftonline.com/${WORKSPACE}/v2.0`;
const CIRCLECI = `oidc.circleci.com/org/${WORKSPACE}`;
const OTHER_BITBUCKET = BITBUCKET.replace('acme', 'evil');

function product<A, B>(ones: readonly A[], others: readonly B[]): (readonly [A, B])[] {
  return ones.flatMap((one) => others.map((other) => [one, other] as const));
}

function tokens(
  issuer: string,
  aud: string,
  subs: readonly (readonly [job: string, sub: string, more?: Claims])[],
): JobToken[] {
  return subs.map(([job, sub, more]) => ({
    issuer,
    job: `${issuer} ${job}`,
    claims: { iss: `https://${issuer}`, aud, sub, ...more },
  }));
}

const REPOSITORIES = [
  ['acme', 'site', '123', '456'],
  ['acme', 'site-old', '123', '457'],
  ['acme', 'other', '123', '458'],
  ['acme-labs', 'site', '124', '459'],
  ['evil', 'x', '666', '667'],
] as const;

function github(): JobToken[] {
  const contexts = [
    'ref:refs/heads/main',
    'ref:refs/heads/dev',
    'environment:production',
    'environment:b*',
    'pull_request',
  ];
  return REPOSITORIES.flatMap(([owner, name, ownerId, id]) => {
    const claims = {
      repository: `${owner}/${name}`,
      repository_owner: owner,
      repository_id: id,
      repository_owner_id: ownerId,
    };
    const namedContexts = contexts.map(
      (context) => [`${owner}/${name} ${context}`, `repo:${owner}/${name}:${context}`, claims] as const,
    );
    const customised = ['environment:production', 'workflow:deploy'].map(
      (sub) => [`${owner}/${name} custom ${sub}`, sub, claims] as const,
    );
    const withIds = [
      [`${owner}/${name} ids`, `repo:${owner}@${ownerId}/${name}@${id}:ref:refs/heads/main`, claims] as const,
    ];
    return tokens(GITHUB, 'sts.amazonaws.com', [...namedContexts, ...customised, ...withIds]);
  });
}

function bitbucket(): JobToken[] {
  const jobs = product([REPOSITORY, OTHER_REPOSITORY], ['', `{${ENVIRONMENT}}:`, `{${OTHER_ENVIRONMENT}}:`]);
  const subs = product(jobs, [0, 1]).map(
    ([[repository, environment], run], index) =>
      [
        environment === '' ? repository : `${repository} > ${environment}`,
        // Every step of every run has another UUID.
        `{${repository}}:${environment}{${uuid(2 * index + run)}}`,
        { repositoryUuid: `{${repository}}`, branchName: 'main' },
      ] as const,
  );
  const audience = `ari:cloud:bitbucket::workspace/${WORKSPACE}`;
  return [...tokens(BITBUCKET, audience, subs), ...tokens(OTHER_BITBUCKET, audience, subs)];
}

function azure(): JobToken[] {
  const subs = [
    'sc://acme/shop/deploy',
    'sc://acme/shop/deploy *',
    'sc://acme/shop/dev',
    'sc://acme/sandbox/deploy',
    'p://acme/shop/deploy',
    'p://acme/sandbox/any',
  ];
  const entra = [REPOSITORY, OTHER_REPOSITORY].map((id) => `/eid1/c/pub/t/a/a/b/sc/${WORKSPACE}/${id}`);
  const namedBySubject = (all: readonly string[]) => all.map((sub) => [sub, sub] as const);
  const audience = 'api://AzureADTokenExchange';
  return [...tokens(AZURE, audience, namedBySubject(subs)), ...tokens(ENTRA, audience, namedBySubject(entra))];
}

function others(): JobToken[] {
  const gitlab = product(['acme/site', 'acme/other', 'evil/x'], ['main', 'feature']).map(
    ([path, ref]) =>
      [
        `${path} ${ref}`,
        `project_path:${path}:ref_type:branch:ref:${ref}`,
        { project_path: path, project_id: String(path.length) },
      ] as const,
  );
  const buildkite = product(
    product(['acme:pipeline:deploy', 'acme:pipeline:other', 'bad:pipeline:deploy'], ['main', 'dev']),
    ['a', 'b'],
  ).map(
    ([[pipeline, branch], step]) =>
      [
        `${pipeline} ${branch}`,
        `organization:${pipeline}:ref:refs/heads/${branch}:commit:${step}:step:${step}`,
        { organization_slug: pipeline.split(':')[0] },
      ] as const,
  );
  const hcp = product(
    ['acme:project:p:workspace:w', 'acme:project:p:workspace:v', 'evil:project:p:workspace:w'],
    ['plan', 'apply'],
  ).map(([workspace, phase]) => [`${workspace} ${phase}`, `organization:${workspace}:run_phase:${phase}`] as const);
  // A V1 token does not distinguish the code of its job from other code of the project.
  const circleci = product(
    product([REPOSITORY, OTHER_REPOSITORY], ['', '/vcs-origin/github.com/acme/site/vcs-ref/refs/heads/main']),
    [uuid(1), uuid(2)],
  ).map(
    ([[project, code], user]) =>
      [
        code === '' ? project : `${project} > ${code}`,
        `org/${WORKSPACE}/project/${project}/user/${user}${code}`,
      ] as const,
  );
  return [
    ...tokens('gitlab.com', 'https://gitlab.com', gitlab),
    ...tokens('agent.buildkite.com', 'sts.amazonaws.com', buildkite),
    ...tokens('app.terraform.io', 'aws.workload.identity', hcp),
    ...tokens(CIRCLECI, WORKSPACE, circleci),
    ...tokens('ci.example.com', 'a', [
      ['x', 'x'],
      ['y', 'y'],
      ['job:*', 'job:*'],
    ]),
  ];
}

/** Tokens of every CI system: those of one owner, of its neighbours, and of strangers. */
export const TOKENS: readonly JobToken[] = [...github(), ...bitbucket(), ...azure(), ...others()];

/** Whether tokens of one job cannot be distinguished from those of another. */
export function covers(job: string, other: string): boolean {
  return other === job || other.startsWith(`${job} > `);
}
