import { assume } from '../../assume.ts';
import type { Command, ParsedArguments } from '../../cli/command.ts';
import { plain } from '../../cli/print.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { ChildNotStarted } from '../../context.ts';
import { TOKEN_OPTIONS } from '../../input/find-job.ts';
import { ASSUME_OPTIONS } from '../../options/assume-options.ts';
import { childEnvironment, TOKEN_VARIABLES } from './child-environment.ts';

/** Exit status of a shell if a command is missing or cannot run (POSIX.1-2017, 2.8.2). */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

export const exec: Command = {
  name: 'exec',
  about: 'run a command with short-lived credentials in its environment',
  operand: 'program',
  options: {
    ...ASSUME_OPTIONS,
    ...TOKEN_OPTIONS,
    'keep-token': { about: 'leave the identity token, and the variables that request one, in the environment' },
    verbose: { about: 'log progress to standard error' },
  },
  notes: [
    'Nothing is written to disk. The command gets the credentials in its environment, without the variables that AWS tools would prefer to them (AWS_PROFILE, static keys and others), and without the identity token and the variables that request one. That is hygiene, not a boundary: a program can still read the environment of its parent process.',
    'Signals are forwarded to the command, and its exit status is returned: 128 + n if signal n ended it, 127 if there is no such command, 126 if it cannot be run.',
    'Everything after the name of the command belongs to the command, with or without -- before it. PowerShell removes a bare --.',
  ],
  examples: [
    {
      about: 'in a CI job',
      line: 'aws-oidc exec --role-arn arn:aws:iam::123456789012:role/deploy --region eu-west-1 -- aws s3 sync ./site s3://acme-site',
    },
    {
      about: 'with role and region from the environment',
      line: 'AWS_ROLE_ARN=arn:aws:iam::123456789012:role/deploy AWS_REGION=eu-west-1 aws-oidc exec -- terraform apply',
    },
  ],
  async run(args, context) {
    const [command = '', ...commandArgs] = args.operands;
    if (command === '') throw new UsageError('The command after -- is empty.');
    const { session, options } = await assume(args, context);
    const { platform } = context;
    const tokenVariables = tokenVariablesToRemove(args);
    const env = childEnvironment({ env: context.env, session, options, tokenVariables, platform });
    try {
      return await context.run({ command, args: commandArgs, env });
    } catch (error) {
      if (!(error instanceof ChildNotStarted)) throw error;
      context.err.write(`aws-oidc: ${plain(command, 200)} could not be started: ${plain(error.message, 300)}\n`);
      return error.code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE;
    }
  },
};

function tokenVariablesToRemove(args: ParsedArguments): readonly string[] {
  if (args.flag('keep-token')) return [];
  const variable = args.text('token-variable');
  return variable === undefined ? TOKEN_VARIABLES : [...TOKEN_VARIABLES, variable];
}
