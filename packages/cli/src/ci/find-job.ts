import { Failure } from '@aws-oidc-assume/shared';
import type { OptionTable, ParsedArguments } from '../cli/command.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { CliContext } from '../context.ts';
import { nameOf, readText } from '../input/files.ts';
import { azurePipelines, inAzurePipelines } from './azure-pipelines.ts';
import { bitbucketPipelines, inBitbucketPipelines } from './bitbucket-pipelines.ts';
import { gitHubActions, inGitHubActions } from './github-actions.ts';
import { givenToken } from './given-token.ts';
import type { Job } from './job.ts';

/** Where the identity token comes from. Without any of them, from the CI system this runs in. */
export const TOKEN_OPTIONS: OptionTable = {
  'token-file': { value: 'FILE', about: 'read the token from a file, - for standard input' },
  'token-variable': {
    value: 'NAME',
    about: 'read the token from this environment variable, e.g. CIRCLE_OIDC_TOKEN_V2',
  },
  'service-connection-id': { value: 'GUID', about: 'Azure Pipelines: the service connection the token is to be for' },
  audience: { value: 'AUDIENCE', about: 'GitHub Actions: the audience to ask for (sts.amazonaws.com)' },
};

/**
 * The job this runs in, or the token that was given.
 * @throws UsageError for options that contradict each other or the CI system
 * @throws Failure `TokenUnavailable` where there is no CI system
 */
export async function findJob(args: ParsedArguments, context: CliContext): Promise<Job> {
  const { env } = context;
  const file = args.text('token-file');
  const variable = args.text('token-variable');
  if (file !== undefined && variable !== undefined) {
    throw new UsageError('--token-file and --token-variable are alternatives: give one of them.');
  }
  const job = await (file !== undefined || variable !== undefined
    ? tokenAtHand(file, variable, context)
    : jobOf(args, context));
  if (job === undefined) {
    throw new Failure('TokenUnavailable', 'This is no job of Bitbucket Pipelines, Azure Pipelines or GitHub Actions.', {
      changes: [
        'Run it in a CI job, or give the token: --token-file FILE (- for standard input) or --token-variable NAME.',
      ],
    });
  }
  const azure = file === undefined && variable === undefined && inAzurePipelines(env);
  if (args.text('service-connection-id') !== undefined && !azure) {
    throw new UsageError('--service-connection-id has an effect in Azure Pipelines alone.');
  }
  if (args.text('audience') !== undefined && job.run.system !== 'github') {
    throw new UsageError(
      '--audience has an effect in GitHub Actions alone; elsewhere the token has its audience already.',
    );
  }
  return job;
}

async function tokenAtHand(file: string | undefined, variable: string | undefined, context: CliContext): Promise<Job> {
  if (file !== undefined) {
    return givenToken(await readText(file, context), nameOf(file));
  }
  const name = variable ?? '';
  const token = context.env[name];
  if (token === undefined || token.trim() === '') {
    throw new Failure('TokenUnavailable', `The variable ${name} is not set.`, {
      changes: [`Set ${name} to the identity token of the job.`],
    });
  }
  return givenToken(token, name);
}

async function jobOf(args: ParsedArguments, { env, runtime }: CliContext): Promise<Job | undefined> {
  if (inBitbucketPipelines(env)) return bitbucketPipelines(env);
  if (inAzurePipelines(env)) return azurePipelines(env, args.text('service-connection-id'), runtime);
  if (inGitHubActions(env)) return gitHubActions(env, args.text('audience'), runtime);
  return undefined;
}
