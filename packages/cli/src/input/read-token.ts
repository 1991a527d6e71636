import { Failure, type IdentityToken, invalidOptions, proxyProblems } from '@aws-oidc-assume/shared';
import type { Job } from '../ci/job.ts';
import type { CliContext } from '../context.ts';

const LIMIT_SECONDS = 60;
/** Default of the option `maxAttempts`, which these commands do not take. */
const MAX_ATTEMPTS = 5;

/** The job's token, for commands that only look at it. @throws Failure */
export async function readToken(job: Job, context: CliContext): Promise<IdentityToken> {
  const problems = proxyProblems(context.env);
  if (problems.length > 0) throw invalidOptions(problems);
  const runtime = context.runtime();
  const limit = new Failure('TimedOut', `${LIMIT_SECONDS} seconds passed while waiting for the identity token.`);
  const deadline = runtime.deadline(LIMIT_SECONDS * 1000, limit);
  return job.identityToken({
    signal: AbortSignal.any([runtime.cancelled, deadline.signal]),
    timeLeft: deadline.timeLeft,
    maxAttempts: MAX_ATTEMPTS,
  });
}
