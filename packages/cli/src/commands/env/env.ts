import { awsEnvironment, CONFLICTING_VARIABLES, plainText } from '@aws-oidc-assume/shared';
import { assume } from '../../assume.ts';
import { type Command, JSON_OPTION } from '../../cli/command.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { TOKEN_OPTIONS } from '../../input/find-job.ts';
import { ASSUME_OPTIONS } from '../../options/assume-options.ts';
import { FORCE_OPTION, refuseTerminal } from '../../options/credential-output.ts';
import { SHELL_NAMES, SHELL_SYNTAX } from './shells.ts';

export const env: Command = {
  name: 'env',
  about: 'print short-lived credentials as lines for a shell to evaluate',
  options: {
    ...ASSUME_OPTIONS,
    ...TOKEN_OPTIONS,
    shell: { value: 'SHELL', about: 'shell that evaluates the lines, posix by default', choices: SHELL_NAMES },
    ...FORCE_OPTION,
    verbose: { about: 'log progress to standard error' },
    ...JSON_OPTION,
  },
  notes: [
    'The output contains the credentials, so let a shell evaluate it and keep it out of logs. Prefer `exec`, which prints nothing.',
    'It also removes variables that AWS tools would prefer to the new credentials, such as AWS_PROFILE. JSON holds only the variables to set.',
  ],
  examples: [
    {
      about: 'sh, bash, zsh; the first line stops the script if the role is denied',
      line: 'credentials=$(aws-oidc env --role-arn arn:aws:iam::123456789012:role/deploy --region eu-west-1) || exit 1\n  eval "$credentials"',
    },
    {
      about: 'fish',
      line: 'set credentials (aws-oidc env --shell fish | string collect); or exit 1\n  eval $credentials',
    },
    {
      about: 'PowerShell',
      line: '$credentials = aws-oidc env --shell powershell | Out-String\n  if ($LASTEXITCODE) { exit 1 }\n  Invoke-Expression $credentials',
    },
  ],
  async run(args, context) {
    refuseTerminal(args, context, 'Write eval "$(aws-oidc env …)", or use aws-oidc exec.');
    const shell = args.text('shell');
    if (shell !== undefined && args.flag('json')) {
      throw new UsageError('--shell and --json are alternatives: give one of them.');
    }
    const { session, options } = await assume(args, context);
    const variables = awsEnvironment(session, options).map(({ name, value }) => [name, plainText(value)] as const);
    if (args.flag('json')) {
      context.out.write(`${JSON.stringify(Object.fromEntries(variables), null, 2)}\n`);
      return 0;
    }
    const syntax = SHELL_SYNTAX[SHELL_NAMES.find((name) => name === shell) ?? 'posix'];
    const lines = [syntax.unset(CONFLICTING_VARIABLES), ...variables.map(([name, value]) => syntax.set(name, value))];
    context.out.write(`${lines.join('\n')}\n`);
    return 0;
  },
};
