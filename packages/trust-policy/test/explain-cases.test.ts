import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  applyPatch,
  type CauseId,
  type Claims,
  type Explanation,
  evaluate,
  explain,
  statementFor,
} from '../src/index.ts';
import { applyText } from './apply-text.ts';

const FOLDER = new URL('./cases/', import.meta.url);
const ROLE_ARN = 'arn:aws:iam::123456789012:role/deploy';
const IN_OFFICE = {
  'aws:SourceIp': '203.0.113.9',
  'aws:CurrentTime': '2026-11-25T12:00:00Z',
  'sts:RoleSessionName': 'ci-7',
};

function read<T extends object>(name: string): T {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
}

interface ExplainCase {
  readonly policy: string;
  readonly claims: string;
  readonly cause: CauseId;
  /** Whether the fix widens, or `none` if nothing can be applied. */
  readonly widens: boolean | 'none';
  readonly fix: RegExp;
}

const NOTHING =
  /^The token (?:belongs to another owner|does not belong to an owner) .* Nothing in the policy needs to change\.$/;

const CASES: readonly ExplainCase[] = [
  {
    policy: 'owner-id-typo',
    claims: 'gh-job',
    cause: 'condition-failed',
    widens: true,
    fix: /^The token's "repository_owner_id" is "123"\. If that is yours, and not another owner's, change "132" to "123" in "StringEquals" on "[^"]*:repository_owner_id"/,
  },
  {
    policy: 'unsupported-owner',
    claims: 'gh-job',
    cause: 'unsupported-key',
    widens: false,
    fix: /^Add the statement .*:sub":"repo:acme\/site:ref:refs\/heads\/main"/,
  },
  { policy: 'unsupported-owner', claims: 'gh-stranger', cause: 'another-owner', widens: 'none', fix: NOTHING },
  { policy: 'deny-guard-bb', claims: 'bb-other', cause: 'explicit-deny', widens: 'none', fix: NOTHING },
  { policy: 'deny-guard', claims: 'gh-stranger', cause: 'explicit-deny', widens: 'none', fix: NOTHING },
  {
    policy: 'bk-literal',
    claims: 'bk-job',
    cause: 'other-subject',
    widens: false,
    fix: /\["organization:acme:pipeline:other:\$\{\*\}","organization:b\$\{\*\}","organization:acme:pipeline:deploy:/,
  },
  { policy: 'bk-literal', claims: 'bk-stranger', cause: 'another-owner', widens: 'none', fix: NOTHING },
  {
    policy: 'pins-dropped',
    claims: 'gh-job',
    cause: 'other-subject',
    widens: true,
    fix: /^Give the job the environment: "environment: prod"\. Or, to /,
  },
  {
    policy: 'drop-sourceip.policy',
    claims: 'job',
    cause: 'other-subject',
    widens: true,
    fix: /^Run the job for the branch "master"\. Or, to /,
  },
  {
    policy: 'gh-env-only',
    claims: 'gh-main',
    cause: 'other-subject',
    widens: true,
    fix: /^Give the job the environment: "environment: production"\. Or, to /,
  },
  {
    policy: 'gh-main-only',
    claims: 'gh-pr',
    cause: 'other-subject',
    widens: true,
    fix: /^Run the job for the branch "main"\. Or, to /,
  },
  {
    policy: 'gl-main-only',
    claims: 'gl-feature',
    cause: 'other-subject',
    widens: true,
    fix: /^Run the job for the branch "main"\. Or, to /,
  },
  {
    policy: 'hcp-apply-only',
    claims: 'hcp-plan',
    cause: 'other-subject',
    widens: true,
    fix: /^Assume this role only in the phase "apply", .* Or, to /,
  },
  { policy: 'gh-env-or-other', claims: 'gh-stranger-env', cause: 'another-owner', widens: 'none', fix: NOTHING },
  { policy: 'gh-env-or-other', claims: 'gh-fork-owner', cause: 'another-owner', widens: 'none', fix: NOTHING },
  { policy: 'gh-env-or-other', claims: 'gh-evil', cause: 'another-owner', widens: 'none', fix: NOTHING },
  {
    policy: 'gh-env-or-other',
    claims: 'gh-main',
    cause: 'other-subject',
    widens: true,
    fix: /^Give the job the environment: "environment: production"\./,
  },
  {
    policy: 'equals-and-like',
    claims: 'gh-job',
    cause: 'equals-with-wildcard',
    widens: true,
    fix: /^Give the job the environment: "environment: production"\./,
  },
  {
    policy: 'version-old-var',
    claims: 'gh-job',
    cause: 'other-subject',
    widens: false,
    fix: /^Change ".*" to "repo:acme\/site:ref:refs\/heads\/main" in "StringEquals" on /,
  },
  {
    policy: 'externalid',
    claims: 'gh-job',
    cause: 'condition-failed',
    widens: 'none',
    fix: /Keep the condition, which limits the role\.$/,
  },
  {
    policy: 'mfa',
    claims: 'gh-job',
    cause: 'condition-failed',
    widens: 'none',
    fix: /Keep the condition, which limits the role\.$/,
  },
  { policy: 'okta', claims: 'gh-job', cause: 'principal-other-issuer', widens: false, fix: /^Add the statement / },
  {
    policy: 'open-allowed',
    claims: 'gh-stranger',
    cause: 'allowed',
    widens: 'none',
    fix: /the policy has an error that lint calls subject-owner-open: /,
  },
  {
    policy: 'pinned-env',
    claims: 'bb-step',
    cause: 'bitbucket-pinned-step',
    widens: true,
    fix: /^If \{eeeeeeee-[\w-]*\} is a deployment environment, let the step deploy to it, /,
  },
  {
    policy: '../known/2-aud-alone.policy',
    claims: '../known/az-other',
    cause: 'wrong-audience',
    widens: false,
    fix: /^Add the statement .*:sub":"p:\/\/acme\/sandbox\/anything"/,
  },
  {
    policy: '../known/2-repo-star-equals.policy',
    claims: '../known/gh-stranger',
    cause: 'another-owner',
    widens: 'none',
    fix: NOTHING,
  },
  {
    policy: '../known/1-environment.policy',
    claims: '../known/1-stranger-environment',
    cause: 'allowed',
    widens: 'none',
    fix: /an error that lint calls subject-owner-missing: /,
  },
];

describe('explain of recorded cases', () => {
  for (const { policy: name, claims: file, cause, widens, fix } of CASES) {
    it(`${name} for ${file} is ${cause}`, () => {
      const policy = read(`explain/${name}`);
      const claims = read<Claims>(`explain/${file}`);
      const explanation = explain(claims, policy, { roleArn: ROLE_ARN, context: IN_OFFICE });
      assert.equal(explanation.cause, cause);
      assert.match(explanation.fix, fix);
      assert.doesNotMatch(explanation.fix, /or remove it|[Rr]emove Statement/);
      assert.equal(explanation.patch === undefined ? 'none' : explanation.widens, widens);
      if (explanation.patch !== undefined) appliesAsWritten(policy, claims, explanation);
    });
  }

  function appliesAsWritten(policy: object, claims: Claims, { patch = [], path, fix }: Explanation): void {
    const changedPolicy = applyPatch(policy, patch);
    assert.deepEqual(applyText(policy, path, fix), changedPolicy);
    assert.equal(evaluate(changedPolicy, { claims, roleArn: ROLE_ARN, context: IN_OFFICE }).decision, 'allow');
  }

  it('keeps the limits of the statement that hold', () => {
    const conditionOf = (policy: string, claims: string) =>
      explain(read<Claims>(`explain/${claims}`), read(`explain/${policy}`), { roleArn: ROLE_ARN, context: IN_OFFICE })
        .statement?.Condition;
    const github = 'token.actions.githubusercontent.com';
    const sub = 'repo:acme/site:ref:refs/heads/main';
    assert.deepEqual(conditionOf('drop-sourceip.policy', 'job'), {
      StringEquals: {
        [`${github}:aud`]: 'sts.amazonaws.com',
        [`${github}:sub`]: sub,
        [`${github}:repository_id`]: '456',
      },
      IpAddress: { 'aws:SourceIp': '203.0.113.0/24' },
      DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' },
      StringLike: { 'sts:RoleSessionName': 'ci-*' },
    });
    assert.deepEqual(conditionOf('pins-dropped', 'gh-job'), {
      StringEquals: {
        [`${github}:aud`]: 'sts.amazonaws.com',
        [`${github}:sub`]: sub,
        [`${github}:repository_id`]: '456',
        [`${github}:job_workflow_ref`]: 'acme/site/.github/workflows/deploy.yml@refs/heads/main',
      },
    });
  });
});

describe('the statement for recorded tokens', () => {
  for (const name of ['az-star', 'bb-step', 'bk-star', 'cc-v1', 'gh-pr', 'gl-mr', 'hcp-plan', 'hcp-stack']) {
    it(`is unchanged for ${name}`, () => {
      const expected = read<{ Statement: [object] }>(`explain/${name}.statement`);
      assert.deepEqual(statementFor(read<Claims>(`explain/${name}`), { roleArn: ROLE_ARN }), expected.Statement[0]);
    });
  }

  for (const name of ['gh-custom-env', 'gh-custom-jwr', 'gh-custom-workflow']) {
    it(`names the repository for ${name}`, () => {
      const claims = read<Claims>(`explain/${name}`);
      const statement = statementFor(claims, { roleArn: ROLE_ARN });
      assert.equal(statement?.Condition['StringEquals']?.['token.actions.githubusercontent.com:repository_id'], '456');
      const policy = { Version: '2012-10-17', Statement: [statement] };
      const decision = (more: Claims) =>
        evaluate(policy, { claims: { ...claims, ...more }, roleArn: ROLE_ARN }).decision;
      assert.deepEqual([decision({}), decision({ repository_id: '457' })], ['allow', 'deny']);
    });
  }
});
