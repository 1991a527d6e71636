import {
  awsEnvironment,
  CONFLICTING_VARIABLES,
  type Environment,
  type Options,
  revealed,
  type Session,
} from '@aws-oidc-assume/shared';
import { assume } from '../../assume.ts';
import type { Command } from '../../cli/command.ts';
import { plain } from '../../cli/print.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { ChildNotStarted } from '../../context.ts';
import { TOKEN_OPTIONS } from '../../input/find-job.ts';
import { ASSUME_OPTIONS } from '../../options/assume-options.ts';

/** What a shell answers (POSIX.1-2017, 2.8.2). */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

export const exec: Command = {
  name: 'exec',
  about: 'run a command with short-lived credentials in its environment alone',
  operand: 'program',
  options: {
    ...ASSUME_OPTIONS,
    ...TOKEN_OPTIONS,
    verbose: { about: 'say on standard error what is done' },
  },
  notes: [
    'Nothing is written anywhere: the credentials are in the environment of the command, and end with it. Other sources of credentials (AWS_PROFILE, static keys, …) are taken out of that environment.',
    'Signals are passed on to the command, and its exit status comes back: 128 + n where signal n ended it, 127 where there is no such command, 126 where it cannot be run.',
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
    try {
      return await context.run({ command, args: commandArgs, env: childEnvironment(context.env, session, options) });
    } catch (error) {
      if (!(error instanceof ChildNotStarted)) throw error;
      context.err.write(`aws-oidc: ${plain(command, 200)} could not be started: ${plain(error.message, 300)}\n`);
      return error.code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE;
    }
  },
};

/** The environment of the child: no other source of credentials is left that could win or be mixed in. */
function childEnvironment(env: Environment, session: Session, options: Options): Environment {
  const removed = new Set<string>(CONFLICTING_VARIABLES);
  const kept = Object.entries(env).filter(([name]) => !removed.has(name));
  const added = awsEnvironment(session, options).map(({ name, value }) => [name, revealed(value)] as const);
  return Object.fromEntries([...kept, ...added]);
}
