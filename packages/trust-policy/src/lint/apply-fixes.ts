import { applyPatch } from '../fix/json-patch.ts';
import { parseTrustPolicy } from '../policy/policy-document.ts';
import { lint } from './lint.ts';
import type { Finding, LintOptions } from './rule.ts';

/** A policy after the fixes that do not widen it. */
export interface FixedPolicy {
  /** The policy as JSON. */
  readonly policy: unknown;
  /** Findings whose patches were applied, in order. */
  readonly applied: readonly Finding[];
  /** Remaining findings. */
  readonly findings: readonly Finding[];
}

export interface FixOptions extends LintOptions {
  /** Whether to leave a finding unfixed. */
  readonly isAccepted?: (finding: Finding) => boolean;
}

/** More fixes than any real policy needs. Each one removes its finding, so only a bug in the rules could exceed it. */
const MOST_FIXES = 1000;

/**
 * Applies the patches of all findings that do not widen the policy, one after the other, until none is left.
 *
 * @param policy untrusted: JSON text or the parsed object
 * @throws PolicySyntaxError if IAM would refuse the policy
 */
export function applyFixes(policy: unknown, { isAccepted = () => false, ...options }: FixOptions = {}): FixedPolicy {
  const applied: Finding[] = [];
  let current = parseTrustPolicy(policy).json;
  let findings = lint(current, options);
  while (applied.length < MOST_FIXES) {
    const next = findings.find((finding) => finding.patch !== undefined && !finding.widens && !isAccepted(finding));
    if (next?.patch === undefined) break;
    current = applyPatch(current, next.patch);
    applied.push(next);
    findings = lint(current, options);
  }
  return { policy: current, applied, findings };
}
