import type { CiJob } from '@aws-oidc-assume/ci-systems';
import {
  type Check,
  Failure,
  type IdentityToken,
  isSet,
  type Log,
  type Options,
  parseOptions,
  type Runtime,
  type Session,
  silentLog,
} from '@aws-oidc-assume/shared';
import { fail, failedCheck, skip } from '@aws-oidc-assume/shared/checks';
import { assumeFor, assumeRules } from '../../assume.ts';
import type { ParsedArguments } from '../../cli/command.ts';
import type { CliContext } from '../../context.ts';
import { findJob } from '../../input/find-job.ts';
import { readToken } from '../../input/read-token.ts';
import { rawOptions } from '../../options/assume-options.ts';

/** Facts from the same exchange as in `exec`. The credentials are dropped. */
export interface Attempt {
  /** Result of the exchange. Undefined if it was skipped on request. */
  readonly result: Assumption | undefined;
  /** Checks with the reason why the role was not assumed. */
  readonly skipped: readonly Check[];
  /** Role in the options; undefined if there is none. */
  readonly token: IdentityToken | undefined;
  /** Source of the token, for people: `BITBUCKET_STEP_OIDC_TOKEN`. */
  readonly origin: string;
  /** Warnings of the exchange. */
  readonly warnings: readonly string[];
  /** Header `Date` of the last answer of AWS STS. */
  readonly date: string | undefined;
}

export type Assumption =
  | { readonly kind: 'assumed'; readonly credentials: Session['credentials'] }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Assumes the role as `exec` would, if role and region are known. @throws Failure `InvalidOptions`, `Cancelled` */
export async function attemptRole(args: ParsedArguments, context: CliContext): Promise<Attempt> {
  const { roleArn } = rawOptions(args, context.env);
  const options = optionsOf(args, context);
  if (options !== undefined && !args.flag('no-assume')) {
    const attempt = await assumeOnce(args, context, options);
    const hasStopped = attempt.result?.kind === 'failed' && failedCheck(attempt.result.failure) === 'account';
    // Such a run ends before it has a token.
    return hasStopped ? { ...(await justToken(args, context)), result: attempt.result, skipped: [] } : attempt;
  }
  return { ...(await justToken(args, context)), skipped: skippedChecks(options, isSet(roleArn)) };
}

function skippedChecks(options: Options | undefined, hasRole: boolean): Check[] {
  if (options !== undefined) return [skip('role', 'not checked: --no-assume')];
  if (!hasRole) return [skip('role', 'not checked: no role is given', 'Give --role-arn, or set AWS_OIDC_ROLE_ARN.')];
  return [
    fail('region', 'no region is given', 'Give --region, or set AWS_REGION.'),
    skip('role', 'not checked: no region is given'),
  ];
}

/**
 * Reads the options. Returns undefined if only the role or the region is missing.
 *
 * @throws Failure `InvalidOptions`
 */
function optionsOf(args: ParsedArguments, { env }: CliContext): Options | undefined {
  const raw = rawOptions(args, env);
  try {
    return parseOptions(raw, assumeRules(env));
  } catch (error) {
    const missing = [raw.roleArn, raw.region].filter((option) => !isSet(option)).map(({ name }) => name);
    const { problems = [] } = Failure.from(error).details;
    if (problems.length === 0 || problems.some(({ option }) => !missing.includes(option))) throw error;
    return undefined;
  }
}

async function assumeOnce(args: ParsedArguments, context: CliContext, options: Options): Promise<Attempt> {
  let token: IdentityToken | undefined;
  let origin = '';
  let date: string | undefined;
  const warnings: string[] = [];
  const log: Log = { ...silentLog, mask: context.mask, warning: (text) => void warnings.push(text) };
  const result = await resultOf(async () => {
    const job = await findJob(args, context);
    origin = job.origin;
    const watched: CiJob & { readonly log: Log } = {
      ...job,
      log,
      identityToken: async (limits) => {
        token = await job.identityToken(limits);
        return token;
      },
    };
    const runtime = watching(context.runtime(), options, (seen) => {
      date = seen;
    });
    return (await assumeFor(watched, args, context, runtime)).session.credentials;
  });
  return { result, skipped: [], token, origin, warnings, date };
}

/** Returns the same runtime, which also records the date of answers of AWS STS. */
function watching(runtime: Runtime, { endpoints }: Options, note: (date: string | undefined) => void): Runtime {
  return {
    ...runtime,
    transport: async (request, signal) => {
      const answer = await runtime.transport(request, signal);
      const isOfSts = endpoints.some(({ url }) => new URL(url).href === request.url.href);
      // A proxy's page has a date too.
      if (isOfSts && answer.headers['x-amzn-requestid'] !== undefined) note(answer.headers['date']);
      return answer;
    },
  };
}

/** Gets the token without asking AWS. */
async function justToken(args: ParsedArguments, context: CliContext): Promise<Omit<Attempt, 'skipped'>> {
  const nothing = { result: undefined, token: undefined, origin: '', warnings: [], date: undefined };
  try {
    const job = await findJob(args, context);
    return { ...nothing, token: await readToken(job, context), origin: job.origin };
  } catch (error) {
    return { ...nothing, result: { kind: 'failed', failure: refusalOf(error) } };
  }
}

async function resultOf(assume: () => Promise<Session['credentials']>): Promise<Assumption> {
  try {
    return { kind: 'assumed', credentials: await assume() };
  } catch (error) {
    return { kind: 'failed', failure: refusalOf(error) };
  }
}

/** Returns the failure. @throws any error that is not a finding */
function refusalOf(error: unknown): Failure {
  if (!(error instanceof Failure) || ['Cancelled', 'Internal'].includes(error.code)) throw error;
  return error;
}
