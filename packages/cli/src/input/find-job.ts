import {
  CI_SYSTEMS,
  type CiJob,
  type CiSystemDefinition,
  detectCiSystem,
  plainTokenJob,
} from '@aws-oidc-assume/ci-systems';
import { Failure, silentLog } from '@aws-oidc-assume/shared';
import type { OptionTable, ParsedArguments } from '../cli/command.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { CliContext } from '../context.ts';
import { nameOf, readText } from './files.ts';

/** Options of the CI systems themselves. */
const SYSTEM_OPTIONS = CI_SYSTEMS.flatMap((system) => system.tokenOptions.map((option) => ({ system, ...option })));

/** Source of the identity token. Without these options it comes from the CI system. */
export const TOKEN_OPTIONS: OptionTable = {
  'token-file': { value: 'FILE', about: 'read the token from a file, - for standard input' },
  'token-variable': {
    value: 'NAME',
    about: 'read the token from this environment variable, e.g. CIRCLE_OIDC_TOKEN_V2',
  },
  ...Object.fromEntries(
    SYSTEM_OPTIONS.map(({ system, name, value, about }) => [name, { value, about: `${system.name}: ${about}` }]),
  ),
};

/**
 * Returns the job that the token belongs to: the one in the token options, otherwise that of the present CI system.
 *
 * @throws UsageError for options that contradict each other or the CI system
 * @throws Failure `TokenUnavailable` outside of CI systems
 */
export async function findJob(args: ParsedArguments, context: CliContext): Promise<CiJob> {
  const file = args.text('token-file');
  const variable = args.text('token-variable');
  if (file !== undefined && variable !== undefined) {
    throw new UsageError('--token-file and --token-variable are alternatives: give one of them.');
  }
  const isPlainToken = file !== undefined || variable !== undefined;
  const system = isPlainToken ? undefined : detectCiSystem(context.env);
  refuseOptionsOfOthers(args, system);
  if (file !== undefined) return plainTokenJob(await readText(file, context), nameOf(file));
  if (variable !== undefined) return tokenInVariable(variable, context);
  if (system !== undefined) return jobOf(system, args, context);
  const names = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(CI_SYSTEMS.map(({ name }) => name));
  throw new Failure('TokenUnavailable', `This is not a job of ${names}.`, {
    changes: [
      'Run it in a CI job, or give the token: --token-file FILE (- for standard input) or --token-variable NAME.',
    ],
  });
}

function refuseOptionsOfOthers(args: ParsedArguments, current: CiSystemDefinition | undefined): void {
  for (const { system, name } of SYSTEM_OPTIONS) {
    if (args.text(name) !== undefined && system !== current) {
      throw new UsageError(`--${name} works only in a job of ${system.name}. Remove it.`);
    }
  }
}

function tokenInVariable(name: string, { env }: CliContext): CiJob {
  const token = env[name];
  if (token === undefined || token.trim() === '') {
    throw new Failure('TokenUnavailable', `The variable ${name} is not set.`, {
      changes: [`Set ${name} to the identity token of the job.`],
    });
  }
  return plainTokenJob(token, name);
}

function jobOf(system: CiSystemDefinition, args: ParsedArguments, { env, runtime }: CliContext): CiJob {
  return system.job({
    env,
    options: Object.fromEntries(system.tokenOptions.map(({ name }) => [name, args.text(name)])),
    runtime: () => ({ ...runtime(), log: silentLog }),
  });
}
