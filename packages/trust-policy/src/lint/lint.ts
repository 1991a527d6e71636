import { PolicySyntaxError, parseTrustPolicy } from '../policy/policy-document.ts';
import { CLAIM_RULES } from './claim-rules.ts';
import { CONDITION_RULES } from './condition-rules.ts';
import { DOCUMENT_RULES } from './document-rules.ts';
import { KEY_RULES } from './key-rules.ts';
import { OPENING_RULES, WIDE_RULES } from './opening-rules.ts';
import { PRINCIPAL_RULES } from './principal-rules.ts';
import { type Finding, type LintOptions, lintedPolicy, type Rule, type Severity } from './rule.ts';
import { SUBJECT_RULES } from './subject-rules.ts';

const RULES: readonly Rule[] = [
  ...DOCUMENT_RULES,
  ...PRINCIPAL_RULES,
  ...OPENING_RULES,
  ...CLAIM_RULES,
  ...KEY_RULES,
  ...CONDITION_RULES,
  ...SUBJECT_RULES,
  ...WIDE_RULES,
];

/** Documentation of a rule. */
export interface LintRule {
  readonly id: string;
  readonly severity: Severity;
  readonly about: string;
}

const SYNTAX_RULE: LintRule = {
  id: 'policy-syntax',
  severity: 'error',
  about: 'IAM would refuse the policy; nothing else is checked then.',
};

/** Every rule, in the order of the findings. */
export const LINT_RULES: readonly LintRule[] = [
  SYNTAX_RULE,
  ...RULES.map(({ id, severity, about }) => ({ id, severity, about })),
];

/**
 * Finds mistakes that keep a trust policy for CI jobs from working or that open it to others. Never throws because of the
 * policy: one that IAM would refuse is a finding.
 *
 * @param policy untrusted: JSON text or the parsed object
 */
export function lint(policy: unknown, options: LintOptions = {}): readonly Finding[] {
  try {
    const linted = lintedPolicy(parseTrustPolicy(policy));
    return RULES.flatMap((rule) =>
      rule.check(linted, options).map(({ path, message, fix }) => ({
        id: rule.id,
        severity: rule.severity,
        path,
        message,
        fix: fix.text,
        ...(fix.patch === undefined ? {} : { patch: fix.patch }),
        widens: fix.widens,
      })),
    );
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error;
    const { id, severity } = SYNTAX_RULE;
    return [
      {
        id,
        severity,
        path: error.path,
        message: error.reason,
        fix: 'Correct the policy there; IAM refuses it as it is. The policy may then admit more than it does now.',
        widens: true,
      },
    ];
  }
}
