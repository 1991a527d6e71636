import { applyFixes, type Finding, type LintOptions, lint, PolicySyntaxError } from '@aws-oidc-assume/trust-policy';
import { type Command, JSON_OPTION, type ParsedArguments } from '../../cli/command.ts';
import { json, type Painter, painter, plain, type Style } from '../../cli/print.ts';
import { UsageError } from '../../cli/usage-error.ts';
import type { CliContext } from '../../context.ts';
import { readPolicy } from '../../input/files.ts';
import { assumeOptions, readOption } from '../../options/assume-options.ts';
import { type Acceptance, acceptanceFor, readAcceptances } from './acceptance.ts';

export const trustLint: Command = {
  name: 'trust lint',
  about: "find what keeps a role's trust policy from working, or opens it to others",
  operand: { name: 'FILE', about: 'the trust policy, or the answer of `aws iam get-role`; - for standard input' },
  options: {
    ...assumeOptions('roleArn'),
    issuer: { value: 'URL', about: 'issuer whose tokens the policy should admit' },
    'session-tags': { about: 'sessions will carry tags' },
    accept: { value: 'ID=REASON', multiple: true, about: 'accept the findings of a rule, and say why' },
    fix: { about: 'print the policy with every fix that admits nobody else; no file is written' },
    ...JSON_OPTION,
  },
  notes: [
    'Exit status: 0 without a finding of severity error, 1 with one, 2 for wrong usage. Accepted findings do not count.',
    'FILE trust-policy.json takes accepted findings from trust-policy.accepted.json beside it: {"accepted": [{"id": "subject-wide", "path": "/Statement/0/…", "reason": "…"}]}, where "path" is optional.',
  ],
  examples: [
    { about: 'a file', line: 'aws-oidc trust lint trust-policy.json' },
    { about: 'the policy in place', line: 'aws iam get-role --role-name deploy | aws-oidc trust lint -' },
    { about: 'the same with safe fixes', line: 'aws-oidc trust lint trust-policy.json --fix > fixed.json' },
  ],
  async run(args, context) {
    const [file = '-'] = args.operands;
    if (args.flag('fix') && args.flag('json'))
      throw new UsageError('--fix prints the policy as JSON; leave --json out.');
    const { policy, roleArn: fileRoleArn } = await readPolicy(file, context);
    const acceptances = await readAcceptances(file, args, context);
    const options = lintOptions(args, context, fileRoleArn);
    if (args.flag('fix')) return printFixed(policy, { options, acceptances, context });
    const { accepted, findings } = divided(lint(policy, options), acceptances);
    const paint = painter(context.out, context.env);
    context.out.write(
      args.flag('json')
        ? json(accepted.length === 0 ? { findings } : { findings, accepted })
        : `${text(findings, paint, accepted.length)}${acceptedText(accepted)}`,
    );
    return statusOf(findings);
  },
};

function lintOptions(args: ParsedArguments, context: CliContext, fileRoleArn: string | undefined): LintOptions {
  const roleArn = readOption('roleArn', args, context.env)?.arn ?? fileRoleArn;
  const issuer = args.text('issuer');
  return {
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(issuer === undefined ? {} : { issuer }),
    sessionTags: args.flag('session-tags'),
  };
}

type AcceptedFinding = Finding & { readonly reason: string };

/** Separates the accepted findings from the others. */
function divided(all: readonly Finding[], acceptances: readonly Acceptance[]) {
  const findings: Finding[] = [];
  const accepted: AcceptedFinding[] = [];
  for (const finding of all) {
    const acceptance = acceptanceFor(finding, acceptances);
    if (acceptance === undefined) findings.push(finding);
    else accepted.push({ ...finding, reason: acceptance.reason });
  }
  return { findings, accepted };
}

interface Fixing {
  readonly options: LintOptions;
  readonly acceptances: readonly Acceptance[];
  readonly context: CliContext;
}

/** Prints the fixed policy on standard output, and the applied fixes and remaining findings on standard error. */
function printFixed(policy: unknown, { options, acceptances, context }: Fixing): number {
  const isAccepted = (finding: Finding) => acceptanceFor(finding, acceptances) !== undefined;
  try {
    const fixed = applyFixes(policy, { ...options, isAccepted });
    const { findings } = divided(fixed.findings, acceptances);
    context.out.write(json(fixed.policy));
    context.err.write(
      fixed.applied.map(({ id, fix }) => `Fixed ${id}: ${plain(fix, Number.POSITIVE_INFINITY)}\n`).join(''),
    );
    context.err.write(findings.length === 0 ? '' : text(findings, painter(context.err, context.env)));
    return statusOf(findings);
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error;
    context.err.write(text(lint(policy, options), painter(context.err, context.env)));
    return 1;
  }
}

function statusOf(findings: readonly Finding[]): number {
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}

const STYLES: Readonly<Record<Finding['severity'], Style>> = { error: 'red', warning: 'yellow', info: 'cyan' };

function text(findings: readonly Finding[], paint: Painter, accepted = 0): string {
  if (findings.length === 0) return accepted === 0 ? 'Nothing found.\n' : 'Nothing else found.\n';
  return findings
    .map(({ id, severity, path, message, fix }) =>
      [
        `${paint(STYLES[severity], severity)} ${paint('bold', id)} at ${path === '' ? 'the policy as a whole' : plain(path)}`,
        `  ${plain(message, Number.POSITIVE_INFINITY)}`,
        `  ${plain(fix, Number.POSITIVE_INFINITY)}`,
        '',
      ].join('\n'),
    )
    .join('');
}

function acceptedText(accepted: readonly AcceptedFinding[]): string {
  return accepted
    .map(({ id, path, reason }) => `accepted ${id} at ${plain(path)}: ${plain(reason, Number.POSITIVE_INFINITY)}\n`)
    .join('');
}
