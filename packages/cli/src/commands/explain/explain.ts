import { type Claims, type Explanation, explain as explainToken, jobsAdmittedFor } from '@aws-oidc-assume/trust-policy';
import { type Command, JSON_OPTION, type ParsedArguments } from '../../cli/command.ts';
import { json, type Painter, painter, plain } from '../../cli/print.ts';
import { UsageError } from '../../cli/usage-error.ts';
import type { CliContext } from '../../context.ts';
import { type PolicyFile, readClaims, readPolicy } from '../../input/files.ts';
import { findJob, TOKEN_OPTIONS } from '../../input/find-job.ts';
import { readToken } from '../../input/read-token.ts';
import { assumeOptions, readOption } from '../../options/assume-options.ts';
import { CONTEXT_OPTION, contextOption } from '../../options/context-option.ts';
import { POLICY_OPTION, policyOption } from '../../options/policy-option.ts';
import { fetchPolicy } from './fetch-policy.ts';
import { placeholderRoleArn } from './placeholder-role.ts';

export const explain: Command = {
  name: 'explain',
  about: 'explain why a token cannot assume a role, and how to fix it',
  options: {
    ...POLICY_OPTION,
    'fetch-policy': { about: 'read the trust policy of the role with your AWS CLI (aws iam get-role)' },
    claims: { value: 'FILE', about: 'claims as JSON, instead of the token of this job' },
    ...TOKEN_OPTIONS,
    ...assumeOptions('roleArn'),
    ...CONTEXT_OPTION,
    ...JSON_OPTION,
  },
  notes: [
    'Without --policy it prints the statement that admits the token, scoped as tightly as its CI system allows.',
    '--fetch-policy runs aws iam get-role with the credentials that your AWS CLI finds. They need iam:GetRole on the role. This program looks for no AWS credentials.',
    'The request is assumed to be made now over TLS. Give its other condition keys, such as aws:SourceIp, with --context.',
    'Exit status: 0 if admitted or without a policy, 1 if denied or if such a key is missing, 2 for wrong usage.',
  ],
  examples: [
    {
      about: 'in a CI job: what must the trust policy say?',
      line: 'aws-oidc explain --role-arn arn:aws:iam::123456789012:role/deploy',
    },
    { about: 'in a CI job: why am I denied?', line: 'aws-oidc explain --policy trust-policy.json' },
    {
      about: 'on a laptop, with credentials that may read the role',
      line: 'AWS_PROFILE=my-admin aws-oidc explain --role-arn arn:aws:iam::123456789012:role/deploy --fetch-policy --claims claims.json',
    },
    {
      about: 'on a laptop',
      line: 'aws iam get-role --role-name deploy | aws-oidc explain --policy - --claims claims.json',
    },
  ],
  async run(args, context) {
    const policy = await policyOf(args, context);
    const roleArn = readOption('roleArn', args, context.env)?.arn ?? policy?.roleArn;
    if (policy === undefined && roleArn === undefined) {
      throw new UsageError(
        'explain needs --policy FILE, or --role-arn ARN to write the statement for: the role tells the account of the identity provider.',
      );
    }
    const claims = await claimsOf(args, context);
    const role = roleArn ?? placeholderRoleArn(policy?.policy, claims);
    const explanation = explainToken(claims, policy?.policy, {
      ...(role === undefined ? {} : { roleArn: role }),
      context: contextOption(args, context.now()),
    });
    const paint = painter(context.out, context.env);
    context.out.write(args.flag('json') ? json(explanation) : text(explanation, claims, paint));
    return explanation.verdict === 'allowed' || policy === undefined ? 0 : 1;
  },
};

/** Returns the trust policy. Undefined if none was given. @throws UsageError, Failure */
async function policyOf(args: ParsedArguments, context: CliContext): Promise<PolicyFile | undefined> {
  const file = policyOption(args);
  if (!args.flag('fetch-policy')) return file === undefined ? undefined : readPolicy(file, context);
  if (file !== undefined) throw new UsageError('--fetch-policy and --policy are alternatives: give one of them.');
  const role = readOption('roleArn', args, context.env);
  if (role === undefined) throw new UsageError('--fetch-policy needs --role-arn ARN: the role whose policy is read.');
  return fetchPolicy(role, context);
}

async function claimsOf(args: ParsedArguments, context: CliContext): Promise<Claims> {
  const file = args.text('claims');
  if (file === undefined) return (await readToken(await findJob(args, context), context)).claims;
  const doubled = Object.keys(TOKEN_OPTIONS).find((name) => args.text(name) !== undefined);
  if (doubled !== undefined) throw new UsageError(`--claims and --${doubled} are alternatives: give one of them.`);
  return readClaims(file, context);
}

/** Lines of the shape of a failure: the cause, the fix, then the details. */
function text(explanation: Explanation, claims: Claims, paint: Painter): string {
  const { verdict, cause, summary, fix, conditions } = explanation;
  const [mark, style] = MARKS[verdict];
  const lines = [`${mark} ${cause}: ${paint(style, plain(summary, MESSAGE_LIMIT))}`];
  if (fix !== '') lines.push(`Fix: ${plain(fix, MESSAGE_LIMIT)}`);
  if (cause === 'request-unknown') {
    const keys = new Set(conditions.flatMap(({ unknownKey }) => unknownKey ?? []));
    lines.push('If you know the value, give it:', ...[...keys].map((key) => `  --context ${plain(key)}=…`));
  }
  lines.push(...statementLines(explanation, claims, paint));
  return `${lines.join('\n')}\n`;
}

const MARKS = { allowed: ['✔', 'green'], denied: ['✖', 'red'], unknown: ['?', 'yellow'] } as const;

/** Most characters of a message, which can contain a condition or a statement to copy. */
const MESSAGE_LIMIT = 8000;

/**
 * Statement that admits the token, and the jobs that it admits. With a policy, it is omitted if the fix contains it
 * already, or if it is wider than the role.
 */
function statementLines(
  { statement, verdict, cause, fix, widens }: Explanation,
  claims: Claims,
  paint: Painter,
): string[] {
  if (statement === undefined || verdict === 'allowed' || cause === 'request-unknown') return [];
  const jobs = plain(jobsAdmittedFor(claims) ?? '', MESSAGE_LIMIT);
  if (cause !== 'no-policy' && widens) {
    return ['', `A statement for ${jobs} would be wider than the role; --json prints it.`];
  }
  if (fix.includes(JSON.stringify(statement))) return [];
  return ['', paint('bold', `This statement admits ${jobs}`), json(statement).trimEnd()];
}
