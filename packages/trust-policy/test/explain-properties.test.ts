import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyPatch, type Explanation, evaluate, explain, webIdentityContext } from '../src/index.ts';
import { evaluateTrustDocument } from '../src/policy/evaluate-policy.ts';
import { parseTrustPolicy } from '../src/policy/policy-document.ts';
import { applyText } from './apply-text.ts';
import { covers, type JobToken, TOKENS } from './random-jobs.ts';
import { RANDOM_CASE } from './random-trust.ts';
import { providerArn, ROLE_ARN } from './support.ts';

/** A request in which every limit of the random policies holds. */
const CONTEXT = {
  'aws:SourceIp': '203.0.113.9',
  'sts:RoleSessionName': 'ci-7',
  'aws:CurrentTime': '2026-11-25T12:00:00Z',
  'aws:TransactionContext/IdentityProvider/branch': 'main',
};

const CASES = Number(process.env['EXPLAIN_CASES'] ?? 2000);
const SEED = Number(process.env['EXPLAIN_SEED'] ?? 20261125);

/** The requests of all tokens, made once: there are many policies for each. */
const REQUESTS = new Map(
  TOKENS.map((token) => [
    token,
    {
      action: 'sts:AssumeRoleWithWebIdentity',
      principal: { kind: 'Federated', identifiers: [providerArn(token.issuer)] },
      context: { ...CONTEXT, ...webIdentityContext(token.claims, ROLE_ARN) },
    } as const,
  ]),
);

/** Returns those tokens of a list that a policy admits. */
function admitted(policy: object, tokens: readonly JobToken[]): JobToken[] {
  const document = parseTrustPolicy(policy);
  return tokens.filter((token) => {
    const request = REQUESTS.get(token);
    return request === undefined
      ? isAdmitted(policy, token)
      : evaluateTrustDocument(document, request).decision === 'allow';
  });
}

function isAdmitted(policy: object, { claims }: JobToken): boolean {
  return evaluate(policy, { claims, roleArn: ROLE_ARN, context: CONTEXT }).decision === 'allow';
}

/** Numbers of one run, for docs/reliability.md. */
const totals = { explained: 0, narrow: 0, widening: 0, others: 0 };

/** Applies fixes that do not widen until none is left. Returns the final policy. */
function applied(policy: object, jobs: readonly JobToken[]): object {
  let current = policy;
  for (const token of jobs) {
    for (let step = 0; ; step += 1) {
      assert.ok(step < 5, `the fixes for ${token.job} go in a circle`);
      const explanation = explain(token.claims, current, { roleArn: ROLE_ARN, context: CONTEXT });
      holds(current, token, explanation);
      if (explanation.patch === undefined || explanation.widens) break;
      current = applyPatch(current, explanation.patch) as object;
    }
  }
  return current;
}

/** Properties of every explanation. */
function holds(policy: object, token: JobToken, explanation: Explanation): void {
  const { verdict, patch, path, fix, widens, statement, cause } = explanation;
  totals.explained += 1;
  if (patch !== undefined) totals[widens ? 'widening' : 'narrow'] += 1;
  if (cause === 'another-owner') totals.others += 1;
  assert.equal(verdict === 'allowed', isAdmitted(policy, token));
  assert.match(fix, /\.$/);
  if (verdict === 'allowed') assert.equal(patch, undefined);
  if (patch !== undefined) {
    assert.deepEqual(applyText(policy, path, fix), applyPatch(policy, patch), fix);
    assert.equal(widens, /The policy then admits more than it does now\./.test(fix), fix);
  }
  if (cause === 'another-owner') assert.deepEqual([patch, statement], [undefined, undefined]);
  if (statement !== undefined && verdict === 'denied') admitsOne({ ...policy, Statement: [statement] }, token);
}

/** Tokens of the issuers that a policy names. No other can be admitted. */
function tokensFor(policy: object): JobToken[] {
  const text = JSON.stringify(policy);
  const policyIssuers = new Set(
    [...new Set(TOKENS.map(({ issuer }) => issuer))].filter((issuer) => text.includes(issuer)),
  );
  return TOKENS.filter(({ issuer }) => policyIssuers.has(issuer));
}

function admitsOne(policy: object, token: JobToken): void {
  assert.ok(isAdmitted(policy, token), JSON.stringify(policy));
  const others = admitted(policy, tokensFor(policy)).filter((other) => !covers(token.job, other.job));
  assert.deepEqual(
    others.map(({ job }) => job),
    [],
    JSON.stringify(policy),
  );
}

describe('fixes of explain', () => {
  it('admit only tokens of the given jobs, unless they report that they widen', function () {
    this.timeout(Math.max(60_000, CASES * 60));
    fc.assert(
      fc.property(RANDOM_CASE, ({ policy, jobs }) => {
        const before = admitted(policy, tokensFor(policy));
        const after = applied(policy, jobs);
        const jobsOf = (tokens: readonly JobToken[]) => tokens.map(({ job }) => job);
        const now = admitted(after, tokensFor(after));
        const strangers = now.filter(
          (token) => !before.includes(token) && !jobs.some(({ job }) => covers(job, token.job)),
        );
        assert.deepEqual(jobsOf(strangers), [], JSON.stringify(after));
        // Tokens keep the access that the policy gave.
        assert.deepEqual(jobsOf(before.filter((token) => !now.includes(token))), [], JSON.stringify(after));
      }),
      { numRuns: CASES, seed: SEED },
    );
    if (process.env['EXPLAIN_CASES'] !== undefined)
      console.log(JSON.stringify({ cases: CASES, seed: SEED, ...totals }));
  });
});
