import { awsEnvironment, CONFLICTING_VARIABLES, revealed, shellWord } from '@aws-oidc-assume/shared';
import { assume } from '../assume.ts';
import { type Command, JSON_OPTION } from '../cli/command.ts';
import { TOKEN_OPTIONS } from '../input/find-job.ts';
import { ASSUME_OPTIONS } from '../options/assume-options.ts';
import { FORCE_OPTION, refuseTerminal } from '../options/credential-output.ts';

export const env: Command = {
  name: 'env',
  about: 'print short-lived credentials as lines for a POSIX shell to evaluate',
  options: {
    ...ASSUME_OPTIONS,
    ...TOKEN_OPTIONS,
    ...FORCE_OPTION,
    verbose: { about: 'say on standard error what is done' },
    ...JSON_OPTION,
  },
  notes: [
    'This hands credentials over: what it prints belongs into a shell, never into a log. Prefer `exec`, which prints nothing.',
    'It also unsets what would win over the new credentials, such as AWS_PROFILE.',
  ],
  examples: [
    {
      about: 'for the rest of a script; the first line stops the script where the role is denied',
      line: 'credentials=$(aws-oidc env --role-arn arn:aws:iam::123456789012:role/deploy --region eu-west-1) || exit 1\n  eval "$credentials"',
    },
  ],
  async run(args, context) {
    refuseTerminal(args, context, 'Write eval "$(aws-oidc env …)", or use aws-oidc exec.');
    const { session, options } = await assume(args, context);
    const variables = awsEnvironment(session, options).map(({ name, value }) => [name, revealed(value)] as const);
    context.out.write(
      args.flag('json')
        ? `${JSON.stringify(Object.fromEntries(variables), null, 2)}\n`
        : [
            `unset ${CONFLICTING_VARIABLES.join(' ')}`,
            ...variables.map(([name, value]) => `export ${name}=${shellWord(value)}`),
            '',
          ].join('\n'),
    );
    return 0;
  },
};
