import type { Check } from '../../core/check.ts';
import { Failure } from '../../core/failure.ts';
import type { DiagnosisRun } from '../run.ts';
import { clockChecks } from './clock.ts';
import { failedCheck } from './failed-check.ts';
import { issuerFetcher } from './fetch-json.ts';
import { issuerChecks } from './issuer.ts';
import { networkChecks } from './network.ts';
import { stsChecks } from './sts.ts';
import { tokenChecks } from './token.ts';

/** Time limit of the checks that send requests, seconds. */
const LIMIT_SECONDS = 15;

/**
 * Checks after a failed exchange. They send requests only if the user asked for that (option `diagnose`).
 *
 * @returns no check for a failure that the setup did not cause, such as a cancelled run
 */
export async function checksAfter(failure: Failure, run: DiagnosisRun): Promise<readonly Check[]> {
  const failed = failedCheck(failure);
  if (failed === undefined) return [];
  const { answer, attempted } = failure.details;
  const { token, options, runtime } = run;
  const now = runtime.now();
  const endpoint = attempted?.endpoint ?? options.endpoints[0].url;
  const isOffTheWay = answer?.status === undefined || failure.code === 'UnexpectedAnswer';
  return [
    // A failure about the token is more precise.
    ...(token === undefined || failed === 'token' ? [] : tokenChecks(token, 'from the CI system', now)),
    ...clockChecks(answer?.date, now),
    ...(isOffTheWay ? await networkChecks(endpoint, runtime) : []),
    ...(options.diagnose ? await askingChecks(failure, run) : []),
  ];
}

async function askingChecks({ details }: Failure, { token, options, runtime }: DiagnosisRun): Promise<Check[]> {
  const limit = new Failure('TimedOut', `no answer within ${LIMIT_SECONDS} s`);
  const signal = AbortSignal.any([runtime.cancelled, runtime.deadline(LIMIT_SECONDS * 1000, limit).signal]);
  const [{ url }] = options.endpoints;
  const hasAskedSts = details.attempted?.requested !== undefined;
  const [issuer, sts] = await Promise.all([
    token === undefined ? [] : issuerChecks(token, issuerFetcher({ network: runtime, endpoint: url, signal })),
    hasAskedSts ? [] : stsChecks(url, runtime, signal),
  ]);
  return [...issuer, ...sts];
}
