import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyPatch, type Claims, evaluate, evaluatePolicy, type Finding, lint } from '../src/index.ts';
import { parseTrustPolicy } from '../src/policy/policy-document.ts';
import { fittingSubjects, RANDOM_POLICY, type RandomPolicy } from './random-policies.ts';
import { ROLE_ARN } from './support.ts';

/** 2,000 cases by default. For a longer run: `RANDOM_POLICIES=200000 SEED=1`. */
const RUNS = Number(process.env['RANDOM_POLICIES'] ?? 2000);
const SEED = Number(process.env['SEED'] ?? 14);
const CONTEXT = { 'sts:RoleSessionName': 'ci-7', 'aws:SourceIp': '203.0.113.9' };

function valuesOf(policy: object): string[] {
  return parseTrustPolicy(policy).statements.flatMap(({ conditions }) => conditions.flatMap(({ values }) => values));
}

function isAdmitted(policy: unknown, claims: Claims): boolean {
  return evaluate(policy, { claims, roleArn: ROLE_ARN, context: CONTEXT }).decision === 'allow';
}

/** Tokens of strangers that the policy could admit. */
function strangers({ system, policy }: RandomPolicy): Claims[] {
  const { isPossibleForStrangers, tokens } = system;
  const last = tokens.at(-1);
  if (isPossibleForStrangers === undefined || last === undefined) return [];
  return [...fittingSubjects(valuesOf(policy)), String(last['sub'])]
    .filter((sub) => isPossibleForStrangers(sub))
    .map((sub) => ({ ...last, sub }));
}

/** A role of another account and organization. */
function isStrangeCallerAdmitted(policy: unknown): boolean {
  return ['arn:aws:iam::999988887777:role/ci', 'arn:aws:iam::999988887777:role/:iam::123456789012:role/ci'].some(
    (role) =>
      evaluatePolicy(policy, {
        action: 'sts:AssumeRole',
        principal: { kind: 'AWS', identifiers: [role, 'arn:aws:iam::999988887777:root', '999988887777'] },
        context: {
          ...CONTEXT,
          'aws:PrincipalAccount': '999988887777',
          'aws:PrincipalArn': role,
          'aws:PrincipalOrgID': 'o-evil123456',
          'sts:ExternalId': 'secret',
        },
      }).decision === 'allow',
  );
}

/** Findings whose patches do not widen. */
function safeFixes(policy: unknown): readonly Finding[] {
  return lint(policy).filter(({ patch, widens }) => patch !== undefined && !widens);
}

/** Takes some items, evenly spread. */
function sample<T>(items: readonly T[], most: number): T[] {
  const step = Math.max(1, Math.ceil(items.length / most));
  return items.filter((_, index) => index % step === 0);
}

describe('lint of random policies', function () {
  this.timeout(0);

  it('reports an error if a stranger is admitted', () => {
    let open = 0;
    fc.assert(
      fc.property(RANDOM_POLICY, (random) => {
        const { policy } = random;
        const stranger = strangers(random).find((claims) => isAdmitted(policy, claims));
        if (stranger === undefined && !isStrangeCallerAdmitted(policy)) return;
        open += 1;
        assert.ok(
          lint(policy).some(({ severity }) => severity === 'error'),
          `${JSON.stringify(stranger?.['sub'])} is admitted by ${JSON.stringify(policy)}: ${JSON.stringify(lint(policy))}`,
        );
      }),
      { numRuns: RUNS, seed: SEED },
    );
    console.log(`      ${open} of ${RUNS} policies admit a stranger`);
    assert.ok(open > RUNS / 20);
  });

  it('marks every fix that admits more, in any order', () => {
    let applied = 0;
    fc.assert(
      fc.property(RANDOM_POLICY, (random) => {
        const { system, policy, order } = random;
        const [base] = system.tokens;
        const others = [...strangers(random), ...fittingSubjects(valuesOf(policy)).map((sub) => ({ ...base, sub }))];
        const jobs = [...system.tokens, ...sample(others, 20)];
        let current: unknown = policy;
        let admitted = new Set(jobs.filter((claims) => isAdmitted(policy, claims)));
        for (let fixes = safeFixes(current), step = 0; fixes.length > 0; fixes = safeFixes(current), step += 1) {
          assert.ok(step < 40, `no end of fixes for ${JSON.stringify(policy)}`);
          const fix = fixes[(order[step % order.length] ?? 0) % fixes.length];
          const before = current;
          current = applyPatch(current, fix?.patch ?? []);
          applied += 1;
          parseTrustPolicy(current);
          const now = jobs.filter((claims) => isAdmitted(current, claims));
          const added = now.find((claims) => !admitted.has(claims));
          assert.equal(
            added?.sub ?? added,
            undefined,
            `${fix?.id}: ${fix?.fix} admits more: ${JSON.stringify(before)} became ${JSON.stringify(current)}`,
          );
          assert.equal(
            isStrangeCallerAdmitted(current) && !isStrangeCallerAdmitted(before),
            false,
            `${fix?.id}: callers`,
          );
          admitted = new Set(now);
        }
      }),
      { numRuns: RUNS, seed: SEED + 1 },
    );
    console.log(`      ${applied} fixes applied to ${RUNS} policies`);
    assert.ok(applied > RUNS / 20);
  });

  it('has patches that apply, and marks each one that widens', () => {
    let patches = 0;
    fc.assert(
      fc.property(RANDOM_POLICY, ({ policy }) => {
        for (const { id, fix, patch, widens } of lint(policy)) {
          assert.equal(/admits? more than/.test(fix), widens, `${id}: ${fix}`);
          if (patch === undefined) continue;
          patches += 1;
          parseTrustPolicy(applyPatch(policy, patch));
        }
      }),
      { numRuns: RUNS, seed: SEED + 2 },
    );
    assert.ok(patches > RUNS / 10);
  });
});
