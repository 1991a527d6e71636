import { members } from '@aws-oidc-assume/shared';
import { type Finding, LINT_RULES } from '@aws-oidc-assume/trust-policy';
import type { ParsedArguments } from '../../cli/command.ts';
import { UsageError } from '../../cli/usage-error.ts';
import type { CliContext } from '../../context.ts';
import { readText } from '../../input/files.ts';

/** A finding that somebody decided to accept. */
export interface Acceptance {
  /** Id of the rule. */
  readonly id: string;
  /** JSON pointer of the finding. If absent, every finding of the rule. */
  readonly path?: string;
  readonly reason: string;
}

/** Returns the name of the file with accepted findings: `trust-policy.accepted.json` for `trust-policy.json`. */
export function acceptanceFile(policyFile: string): string {
  return `${policyFile.replace(/\.json$/i, '')}.accepted.json`;
}

/**
 * Reads the accepted findings of the flag and of the file next to the policy.
 *
 * @throws UsageError
 */
export async function readAcceptances(
  file: string,
  args: ParsedArguments,
  context: CliContext,
): Promise<readonly Acceptance[]> {
  const flagged = args.list('accept').map(parseFlag);
  const neighbour = acceptanceFile(file);
  if (file === '-' || !(await context.exists(neighbour))) return flagged;
  return [...parseFile(await readText(neighbour, context), neighbour), ...flagged];
}

/** Returns the acceptance that covers a finding. A policy that IAM refuses is never accepted. */
export function acceptanceFor(finding: Finding, acceptances: readonly Acceptance[]): Acceptance | undefined {
  return acceptances.find(({ id, path }) => id === finding.id && (path === undefined || path === finding.path));
}

/** Parses `<id>=<reason>`. */
function parseFlag(text: string): Acceptance {
  const [id = '', ...rest] = text.split('=');
  return checked({ id, reason: rest.join('=') }, '--accept');
}

function parseFile(text: string, file: string): Acceptance[] {
  let accepted: unknown;
  try {
    accepted = members(JSON.parse(text))['accepted'];
  } catch {
    throw new UsageError(`${file} is not JSON.`);
  }
  if (!Array.isArray(accepted)) {
    throw new UsageError(
      `${file} has no list "accepted", as in {"accepted": [{"id": "subject-wide", "reason": "…"}]}.`,
    );
  }
  return accepted.map((entry: unknown) => {
    const { id, path, reason } = members(entry);
    const fields = { id: textOf(id), reason: textOf(reason) };
    return checked(typeof path === 'string' ? { ...fields, path } : fields, file);
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function checked(acceptance: Acceptance, source: string): Acceptance {
  const { id, reason } = acceptance;
  if (!LINT_RULES.some((rule) => rule.id === id && id !== 'policy-syntax')) {
    throw new UsageError(`${source} accepts "${id}", which is not a rule that can be accepted.`);
  }
  if (reason.trim() === '') throw new UsageError(`${source} accepts "${id}" without a reason.`);
  return acceptance;
}
