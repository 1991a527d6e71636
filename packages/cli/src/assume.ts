import type { CiJob } from '@aws-oidc-assume/ci-systems';
import {
  assumeRole,
  type Environment,
  ignoredCheckSwitch,
  isSet,
  type Log,
  type OptionRules,
  type Outcome,
  proxyProblems,
  type RawOptions,
  readEndpointVariant,
  type Session,
  silentLog,
} from '@aws-oidc-assume/shared';
import type { ParsedArguments } from './cli/command.ts';
import { inert } from './cli/print.ts';
import type { CliContext } from './context.ts';
import { findJob } from './input/find-job.ts';
import { rawOptions } from './options/assume-options.ts';

/** Session of a command that assumes one role. */
export interface Assumed {
  readonly session: Session;
  readonly options: Outcome['options'];
}

/**
 * Assumes the role through the one flow. Messages go to standard error, because standard output belongs to the command.
 * Without `--verbose` they are only warnings.
 * @throws Failure, UsageError
 */
export async function assume(args: ParsedArguments, context: CliContext): Promise<Assumed> {
  const job = await findJob(args, context);
  const log = logTo(context, args.flag('verbose'));
  for (const ignored of [
    ignoredCheckSwitch(context.env),
    ignoredEndpoint(rawOptions(args, context.env), context.env),
  ]) {
    if (ignored !== undefined) log.warning(ignored);
  }
  return assumeFor({ ...job, log }, args, context);
}

/** Assumes the role with the token of this job. @throws Failure */
export async function assumeFor(
  job: CiJob & { readonly log: Log },
  args: ParsedArguments,
  context: CliContext,
  runtime = context.runtime(),
): Promise<Assumed> {
  const { sessions, options } = await assumeRole(
    // The command itself hands the credentials over, so nothing is published.
    { ...job, publish: async () => ({ lines: [] }) },
    rawOptions(args, context.env),
    assumeRules(context.env),
    runtime,
  );
  const [session] = sessions;
  return { session, options };
}

export function assumeRules(env: Environment): OptionRules<'environment'> {
  const { endpointVariant, problems } = readEndpointVariant(env);
  return { exposeModes: ['environment'], problems: [...proxyProblems(env), ...problems], endpointVariant };
}

/** The token goes to this endpoint, so no variable that an earlier step may have set chooses it. */
function ignoredEndpoint({ stsEndpoint }: RawOptions, env: Environment): string | undefined {
  const name = ['AWS_ENDPOINT_URL_STS', 'AWS_ENDPOINT_URL'].find((variable) => env[variable]);
  if (name === undefined || isSet(stsEndpoint)) return undefined;
  return `${name} is not followed, because an earlier step may have set it and the token is sent there. Give ${stsEndpoint.name} if that endpoint is meant.`;
}

function logTo({ err, mask }: CliContext, verbose: boolean): Log {
  const line = (text: string) => err.write(`${inert(text)}\n`);
  return {
    ...silentLog,
    warning: (text) => line(`warning: ${text}`),
    mask,
    ...(verbose ? { info: line, debug: line } : {}),
  };
}
