import { type Claims, type Explanation, explain as explainToken } from '@aws-oidc-assume/trust-policy';
import { type Command, JSON_OPTION, type ParsedArguments } from '../../cli/command.ts';
import { json, type Painter, painter, plain } from '../../cli/print.ts';
import { UsageError } from '../../cli/usage-error.ts';
import type { CliContext } from '../../context.ts';
import { readClaims, readPolicy } from '../../input/files.ts';
import { findJob, TOKEN_OPTIONS } from '../../input/find-job.ts';
import { readToken } from '../../input/read-token.ts';
import { assumeOptions, readOption } from '../../options/assume-options.ts';
import { CONTEXT_OPTION, contextOption } from '../../options/context-option.ts';
import { POLICY_OPTION, policyOption } from '../../options/policy-option.ts';
import { placeholderRoleArn } from './placeholder-role.ts';

export const explain: Command = {
  name: 'explain',
  about: 'explain why a token cannot assume a role, and how to fix it',
  options: {
    ...POLICY_OPTION,
    claims: { value: 'FILE', about: 'claims as JSON, instead of the token of this job' },
    ...TOKEN_OPTIONS,
    ...assumeOptions('roleArn'),
    ...CONTEXT_OPTION,
    ...JSON_OPTION,
  },
  notes: [
    'Without --policy it prints the statement that admits the token, scoped as tightly as its CI system allows.',
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
      about: 'on a laptop',
      line: 'aws iam get-role --role-name deploy | aws-oidc explain --policy - --claims claims.json',
    },
  ],
  async run(args, context) {
    const file = policyOption(args);
    const policy = file === undefined ? undefined : await readPolicy(file, context);
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
    context.out.write(args.flag('json') ? json(explanation) : text(explanation, paint));
    return explanation.verdict === 'allowed' || policy === undefined ? 0 : 1;
  },
};

async function claimsOf(args: ParsedArguments, context: CliContext): Promise<Claims> {
  const file = args.text('claims');
  if (file === undefined) return (await readToken(await findJob(args, context), context)).claims;
  const doubled = Object.keys(TOKEN_OPTIONS).find((name) => args.text(name) !== undefined);
  if (doubled !== undefined) throw new UsageError(`--claims and --${doubled} are alternatives: give one of them.`);
  return readClaims(file, context);
}

function text({ verdict, cause, summary, fix, statement, conditions }: Explanation, paint: Painter): string {
  const style = { allowed: 'green', denied: 'red', unknown: 'yellow' } as const;
  const lines = [paint(style[verdict], title(verdict, cause, paint)), `  ${plain(summary, Number.POSITIVE_INFINITY)}`];
  if (fix !== '') lines.push('', paint('bold', 'To change'), `  ${plain(fix, Number.POSITIVE_INFINITY)}`);
  if (cause === 'request-unknown') {
    const keys = new Set(conditions.flatMap(({ unknownKey }) => unknownKey ?? []));
    lines.push(
      '',
      paint('bold', 'To give what is not known'),
      ...[...keys].map((key) => `  --context ${plain(key)}=…`),
    );
  } else if (statement !== undefined && verdict !== 'allowed') {
    lines.push('', paint('bold', 'This statement admits the token'), json(statement).trimEnd());
  }
  return `${lines.join('\n')}\n`;
}

function title(verdict: Explanation['verdict'], cause: Explanation['cause'], paint: Painter): string {
  if (cause === 'no-policy') return 'no policy to compare with';
  return cause === 'allowed' ? verdict : `${verdict} ${paint('bold', cause)}`;
}
