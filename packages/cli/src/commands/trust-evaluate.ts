import { type Evaluation, evaluate, PolicySyntaxError, type WebIdentityRequest } from '@aws-oidc-assume/trust-policy';
import { type Command, JSON_OPTION } from '../cli/command.ts';
import { json, type Painter, painter, plain } from '../cli/print.ts';
import { UsageError } from '../cli/usage-error.ts';
import { readClaims, readPolicy } from '../input/files.ts';
import { assumeOptions, readOption } from '../options/assume-options.ts';
import { CONTEXT_OPTION, contextOption } from '../options/context-option.ts';
import { POLICY_OPTION, policyOption } from '../options/policy-option.ts';

export const trustEvaluate: Command = {
  name: 'trust evaluate',
  about: 'tell whether a trust policy admits a token, statement by statement, as IAM would decide',
  options: {
    ...POLICY_OPTION,
    claims: { value: 'FILE', about: 'the claims of the token as JSON, or the token' },
    ...assumeOptions('roleArn'),
    ...CONTEXT_OPTION,
    ...JSON_OPTION,
  },
  notes: [
    'Without --role-arn, the identity provider of the policy can be in any account.',
    'The request is assumed to be made now over TLS. Give its other condition keys, such as aws:SourceIp, with --context; a statement that needs a missing one does not match.',
    'A file named - is standard input. Exit status: 0 admitted, 1 denied, 2 for wrong usage.',
  ],
  examples: [
    { about: 'two files', line: 'aws-oidc trust evaluate --policy trust-policy.json --claims claims.json' },
    {
      about: 'the policy in place, and a request from a certain address',
      line: 'aws iam get-role --role-name deploy | aws-oidc trust evaluate --policy - --claims claims.json --context aws:SourceIp=203.0.113.7',
    },
  ],
  async run(args, context) {
    const policyFile = policyOption(args);
    const claimsFile = args.text('claims');
    if (policyFile === undefined || claimsFile === undefined) {
      throw new UsageError('"trust evaluate" needs --policy FILE and --claims FILE.');
    }
    if (policyFile === '-' && claimsFile === '-') throw new UsageError('Only one of the files can be standard input.');
    const { policy, roleArn: fileRoleArn } = await readPolicy(policyFile, context);
    const claims = await readClaims(claimsFile, context);
    const roleArn = readOption('roleArn', args, context.env)?.arn ?? fileRoleArn;
    const evaluation = decide(policy, {
      claims,
      ...(roleArn === undefined ? {} : { roleArn }),
      context: contextOption(args, context.now()),
    });
    const { decision, reason, trace, note } = evaluation;
    context.out.write(
      args.flag('json')
        ? json({ decision, reason, ...(note === undefined ? {} : { note }), trace })
        : text(evaluation, painter(context.out, context.env)),
    );
    return decision === 'allow' ? 0 : 1;
  },
};

/** Evaluates the policy. One that IAM would refuse denies everything. */
function decide(policy: unknown, request: WebIdentityRequest): Evaluation {
  try {
    return evaluate(policy, request);
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error;
    return {
      decision: 'deny',
      reason: 'implicit-deny',
      trace: [],
      note: `IAM would refuse this policy: ${error.message}`,
    };
  }
}

function missing(unknownKey: string | undefined): string {
  return unknownKey === undefined ? '(none)' : '(not known)';
}

function text({ decision, reason, trace, note }: Evaluation, paint: Painter): string {
  const mark = (matched: boolean) => (matched ? paint('green', '✔') : paint('red', '✖'));
  const lines = [
    `${paint(decision === 'allow' ? 'green' : 'red', decision)} (${reason})`,
    ...(note === undefined ? [] : [`  ${plain(note, 2000)}`]),
  ];
  for (const statement of trace) {
    const sid = statement.sid === undefined || statement.sid === '' ? '' : ` "${plain(statement.sid, 100)}"`;
    lines.push('', `${mark(statement.matched)} ${statement.path}${sid}, ${statement.effect}`);
    lines.push(`  ${mark(statement.principalMatched)} principal`, `  ${mark(statement.actionMatched)} action`);
    for (const {
      operator,
      key,
      expected,
      observed,
      matched,
      unknownKey,
      note: conditionNote,
    } of statement.conditions) {
      lines.push(`  ${mark(matched)} ${plain(operator, 100)} ${plain(key)}`);
      lines.push(`      expected: ${plain(expected.join(' or '))}`);
      lines.push(`      observed: ${observed === undefined ? missing(unknownKey) : plain(observed.join(', '))}`);
      if (conditionNote !== undefined) lines.push(`      ${plain(conditionNote)}`);
    }
    if (statement.note !== undefined) lines.push(`  ${plain(statement.note)}`);
  }
  return `${lines.join('\n')}\n`;
}
