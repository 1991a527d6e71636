import type { CiJob } from '@aws-oidc-assume/ci-systems';
import { Failure, type IdentityToken, invalidOptions, OPTIONS, proxyProblems } from '@aws-oidc-assume/shared';
import type { CliContext } from '../context.ts';

const LIMIT_SECONDS = 60;

/** Returns the job's token, for commands that only look at it. @throws Failure */
export async function readToken(job: CiJob, context: CliContext): Promise<IdentityToken> {
  refuseWrongProxy(context);
  const runtime = context.runtime();
  const limit = new Failure('TimedOut', `${LIMIT_SECONDS} seconds passed while waiting for the identity token.`);
  const deadline = runtime.deadline(LIMIT_SECONDS * 1000, limit);
  return job.identityToken({
    signal: AbortSignal.any([runtime.cancelled, deadline.signal]),
    timeLeft: deadline.timeLeft,
    maxAttempts: OPTIONS.maxAttempts.default,
  });
}

/** @throws Failure `InvalidOptions` for proxy variables without a valid proxy */
export function refuseWrongProxy({ env }: CliContext): void {
  const problems = proxyProblems(env);
  if (problems.length > 0) throw invalidOptions(problems);
}
