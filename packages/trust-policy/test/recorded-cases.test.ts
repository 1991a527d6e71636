import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type Claims, evaluate, lint, type Severity } from '../src/index.ts';

interface DangerousPolicy {
  readonly id: string;
  readonly policy?: unknown;
  readonly policyText?: string;
  readonly stranger: Claims | null;
  readonly strangerAllowed: string;
  readonly atLeast: Severity | 'none';
}

interface SafePolicy {
  readonly id: string;
  readonly policy: unknown;
  readonly job: Claims | null;
  readonly accepted: readonly string[];
}

const FOLDER = new URL('./cases/', import.meta.url);
const ROLE_ARN = 'arn:aws:iam::123456789012:role/deploy';
const RANKS = ['none', 'info', 'warning', 'error'];

function read<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
}

/** Findings that could prevent the use of the policy, in the form of the cases. */
function alarms(policy: unknown): string[] {
  return lint(policy)
    .filter(({ severity }) => severity !== 'info')
    .map(({ severity, id }) => `${severity.charAt(0)}:${id}`);
}

describe('lint of recorded cases', () => {
  const dangerous = read<readonly DangerousPolicy[]>('trust-open.json');
  const safe = read<readonly SafePolicy[]>('trust-safe.json');

  it('has all of them', () => assert.deepEqual([dangerous.length, safe.length], [134, 64]));

  for (const { id, policy, policyText, atLeast } of dangerous) {
    it(`reports ${id} as ${atLeast} or worse`, () => {
      const ranks = lint(policyText ?? policy).map(({ severity }) => RANKS.indexOf(severity));
      assert.ok(Math.max(0, ...ranks) >= RANKS.indexOf(atLeast), JSON.stringify(lint(policyText ?? policy)));
    });
  }

  for (const { id, policy, job, accepted } of safe) {
    it(`raises no false alarm for ${id}`, () => {
      assert.deepEqual(
        alarms(policy).filter((alarm) => !accepted.includes(alarm)),
        [],
      );
      if (job !== null) assert.equal(evaluate(policy, { claims: job, roleArn: ROLE_ARN }).decision, 'allow');
    });
  }

  const knownAlarms: readonly (readonly [file: string, alarms: readonly string[]])[] = [
    ['1-environment.policy.json', ['e:subject-owner-missing']],
    ['1-ref.policy.json', ['e:subject-owner-missing']],
    ['2-aud-alone.policy.json', ['e:subject-missing', 'e:audience-wrong']],
    ['2-aud-alone.after-fix.policy.json', ['e:subject-missing']],
    ['2-repo-star-equals.policy.json', ['e:equals-with-wildcard']],
    ['2-repo-star-equals.after-fix.policy.json', ['e:subject-owner-open']],
    ['3-arn-any-account.policy.json', ['e:principal-everyone']],
    ['3-provider-wildcard.policy.json', ['e:principal-form']],
    ['4-at-star.policy.json', ['w:subject-wide']],
    ['4-aud-list.policy.json', []],
    ['4-circleci-project-id.policy.json', []],
    ['4-exception.policy.json', []],
    ['4-hcp-stack.policy.json', []],
    ['6-az-star-name.json', ['e:equals-with-wildcard']],
    ['6-equals-and-like.json', ['e:equals-with-wildcard']],
    ['6-version-old-var.json', ['w:version-old', 'e:subject-owner-missing']],
    ['6-externalid.json', ['e:shared-issuer-guard', 'w:audience-missing', 'e:never-fulfilled']],
    ['6-mfa.json', ['e:shared-issuer-guard', 'w:audience-missing', 'e:never-fulfilled', 'w:passes-without-key']],
  ];
  for (const [file, expected] of knownAlarms) {
    it(`judges ${file} correctly: ${expected.join(', ') || 'nothing'}`, () =>
      assert.deepEqual(alarms(read(`known/${file}`)), expected));
  }

  /** Policies that an earlier fix opened, with words of the present fix. */
  const opened: readonly (readonly [file: string, id: string, fix: RegExp])[] = [
    ['2-repo-star-equals.policy.json', 'equals-with-wildcard', /as it stands it would admit jobs of others/],
    ['6-az-star-name.json', 'equals-with-wildcard', /write "StringLike" with "sc:\/\/acme\/shop\/deploy \$\{\*\}"/],
    ['6-equals-and-like.json', 'equals-with-wildcard', /^Both conditions on ".*:sub" hold together\./],
    ['6-version-old-var.json', 'version-old', /A variable of the token is fulfilled by every token\./],
    ['6-externalid.json', 'never-fulfilled', /Leave this condition with the AWS principals/],
    ['6-mfa.json', 'never-fulfilled', /Leave this condition with the AWS principals/],
  ];
  for (const [file, id, fix] of opened) {
    it(`has no patch for ${file}, because the fix widens`, () => {
      const finding = lint(read(`known/${file}`)).find((one) => one.id === id);
      assert.deepEqual([finding?.patch, finding?.widens], [undefined, true]);
      assert.match(finding?.fix ?? '', fix);
    });
  }
});
