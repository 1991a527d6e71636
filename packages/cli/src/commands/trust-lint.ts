import { type Finding, lint } from '@aws-oidc-assume/trust-policy';
import { type Command, JSON_OPTION } from '../cli/command.ts';
import { json, type Painter, painter, plain, type Style } from '../cli/print.ts';
import { readPolicy } from '../input/files.ts';
import { assumeOptions, readOption } from '../options/assume-options.ts';

export const trustLint: Command = {
  name: 'trust lint',
  about: "find what keeps a role's trust policy from working, or opens it to others",
  operand: { name: 'FILE', about: 'the trust policy, or the answer of `aws iam get-role`; - for standard input' },
  options: {
    ...assumeOptions('roleArn'),
    issuer: { value: 'URL', about: 'issuer whose tokens the policy should admit' },
    'session-tags': { about: 'sessions will carry tags' },
    ...JSON_OPTION,
  },
  notes: ['Exit status: 0 without a finding of severity error, 1 with one, 2 for wrong usage.'],
  examples: [
    { about: 'a file', line: 'aws-oidc trust lint trust-policy.json' },
    { about: 'the policy in place', line: 'aws iam get-role --role-name deploy | aws-oidc trust lint -' },
  ],
  async run(args, context) {
    const [file = '-'] = args.operands;
    const { policy, roleArn: ofFile } = await readPolicy(file, context);
    const roleArn = readOption('roleArn', args, context.env)?.arn ?? ofFile;
    const issuer = args.text('issuer');
    const findings = lint(policy, {
      ...(roleArn === undefined ? {} : { roleArn }),
      ...(issuer === undefined ? {} : { issuer }),
      sessionTags: args.flag('session-tags'),
    });
    const paint = painter(context.out, context.env);
    context.out.write(args.flag('json') ? json({ findings }) : text(findings, paint));
    return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
  },
};

const STYLES: Readonly<Record<Finding['severity'], Style>> = { error: 'red', warning: 'yellow', info: 'cyan' };

function text(findings: readonly Finding[], paint: Painter): string {
  if (findings.length === 0) return 'Nothing found.\n';
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
