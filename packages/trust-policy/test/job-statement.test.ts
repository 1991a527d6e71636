import assert from 'node:assert/strict';
import { type Claims, explain, jobsAdmittedFor, statementFor } from '../src/index.ts';
import {
  BITBUCKET_CLAIMS,
  ENVIRONMENT,
  GITHUB_CLAIMS,
  providerArn,
  REPOSITORY,
  ROLE_ARN,
  trustPolicy,
  WORKSPACE,
} from './support.ts';

const BUILDKITE = 'agent.buildkite.com';
const MAIN = 'organization:acme:pipeline:deploy:ref:refs/heads/main';
const BUILD: Claims = { iss: `https://${BUILDKITE}`, aud: 'sts.amazonaws.com', sub: `${MAIN}:commit:a:step:b` };
const CIRCLECI = `oidc.circleci.com/org/${WORKSPACE}`;
const CIRCLECI_JOB: Claims = {
  iss: `https://${CIRCLECI}`,
  aud: WORKSPACE,
  sub: `org/${WORKSPACE}/project/${REPOSITORY}/user/${ENVIRONMENT}`,
};

describe('the jobs that a statement admits', () => {
  const cases: readonly (readonly [name: string, claims: Claims, jobs: RegExp | undefined])[] = [
    ['a step', BITBUCKET_CLAIMS, /^every step of the repository \{[\w-]+\}, on every branch$/],
    ['a build', BUILD, /^every commit and step of the pipeline "acme\/deploy" on the branch "main"$/],
    ['a job of CircleCI', CIRCLECI_JOB, /^every user and branch of the project [\w-]+, and builds of forks/],
    [
      'a job of CircleCI whose token names the code',
      { ...CIRCLECI_JOB, sub: `${CIRCLECI_JOB['sub']}/vcs-origin/github.com/acme/site/vcs-ref/refs/heads/main` },
      /^every user of the project [\w-]+ on "refs\/heads\/main" of "github\.com\/acme\/site"$/,
    ],
    ['a job of GitHub', GITHUB_CLAIMS, /^every job with the subject "repo:acme\/site:ref:refs\/heads\/main"$/],
    [
      'a subject that anybody can have',
      { ...GITHUB_CLAIMS, sub: 'actor:ann' },
      /^every job with the subject "actor:ann", with any owner$/,
    ],
    [
      'a customised subject of a known repository',
      { ...GITHUB_CLAIMS, sub: 'actor:ann', repository_id: '7' },
      /^every job with the subject "actor:ann"$/,
    ],
    [
      'a build with a customised subject',
      { ...BUILD, sub: 'custom' },
      /^every job with the subject "custom", with any owner$/,
    ],
    [
      'a job of CircleCI with another subject',
      { ...CIRCLECI_JOB, sub: 'custom' },
      /^every job with the subject "custom"$/,
    ],
    [
      'an issuer that nobody here knows',
      { iss: 'https://ci.example', aud: 'a', sub: 'x' },
      /^every job with the subject "x"$/,
    ],
    ['a token without a subject', { ...GITHUB_CLAIMS, sub: undefined }, undefined],
  ];
  for (const [name, claims, jobs] of cases) {
    it(`are named for ${name}`, () => {
      if (jobs === undefined) assert.equal(jobsAdmittedFor(claims), undefined);
      else assert.match(jobsAdmittedFor(claims) ?? '', jobs);
    });
  }
});

describe('the statement for a job', () => {
  const conditionOf = (claims: Claims, condition: object) =>
    explain(claims, trustPolicy(BUILDKITE, condition), { roleArn: ROLE_ARN }).statement?.Condition;
  const wrongAudience = { StringEquals: { [`${BUILDKITE}:aud`]: 'x' } };
  const audience = { [`${BUILDKITE}:aud`]: 'sts.amazonaws.com' };
  const sub = `${BUILDKITE}:sub`;

  it('keeps a condition on the subject that is narrower than its own', () => {
    assert.deepEqual(conditionOf(BUILD, { ...wrongAudience, StringLike: { [sub]: `${MAIN}:commit:*:step:b` } }), {
      StringEquals: audience,
      StringLike: { [sub]: `${MAIN}:commit:*:step:b` },
    });
  });

  it('keeps a different one next to its own', () => {
    assert.deepEqual(conditionOf(BUILD, { ...wrongAudience, StringLike: { [sub]: '*:step:b' } }), {
      StringEquals: audience,
      StringLike: { [sub]: `${MAIN}:*` },
      'ForAnyValue:StringLike': { [sub]: '*:step:b' },
    });
  });

  it('keeps one under another operator', () => {
    assert.deepEqual(conditionOf(BUILD, { ...wrongAudience, 'ForAnyValue:StringLike': { [sub]: '*:step:b' } }), {
      StringEquals: audience,
      StringLike: { [sub]: `${MAIN}:*` },
      'ForAnyValue:StringLike': { [sub]: '*:step:b' },
    });
  });

  it('names its own subject once', () => {
    assert.deepEqual(conditionOf(BUILD, { ...wrongAudience, StringLike: { [sub]: `${MAIN}:*` } }), {
      StringEquals: audience,
      StringLike: { [sub]: `${MAIN}:*` },
    });
  });

  it('allows the actions for session tags and a source identity', () => {
    const claims = {
      ...GITHUB_CLAIMS,
      'https://aws.amazon.com/tags': { principal_tags: { Team: ['blue'] } },
      'https://aws.amazon.com/source_identity': 'ann',
    };
    assert.deepEqual(statementFor(claims, { roleArn: ROLE_ARN })?.Action, [
      'sts:AssumeRoleWithWebIdentity',
      'sts:TagSession',
      'sts:SetSourceIdentity',
    ]);
  });

  it('is not added to a policy without room for it', () => {
    // IAM stores at most 4096 characters.
    const others = [`organization:acme:pipeline:${'p'.repeat(3500)}:ref:refs/x:*`];
    const policy = trustPolicy(BUILDKITE, { ...wrongAudience, StringLike: { [sub]: others } });
    const { fix, patch } = explain(BUILD, policy, { roleArn: ROLE_ARN });
    assert.match(fix, /Create another role for this job: the policy has no room for one more statement\./);
    assert.equal(patch, undefined);
  });

  it("is not written if the policy's version cannot express it", () => {
    const claims = { ...BUILD, sub: `organization:acme:pipeline:deploy:ref:refs/heads/\${x}:commit:a:step:b` };
    const policy = { ...trustPolicy(BUILDKITE, wrongAudience), Version: '2008-10-17' };
    const { fix, patch } = explain(claims, policy, { roleArn: ROLE_ARN });
    assert.match(fix, /^Create another role for this job, with "Version": "2012-10-17" in its trust policy/);
    assert.equal(patch, undefined);
  });

  it('names the provider that AWS looks for', () => {
    assert.equal(statementFor(BUILD, { roleArn: ROLE_ARN })?.Principal.Federated, providerArn(BUILDKITE));
  });
});
