import { guardRoles } from './account-guard.ts';
import { assumeSessions } from './assume-sessions.ts';
import type { CiSystem } from './ci-system.ts';
import { Failure } from './core/failure.ts';
import { unlessAborted } from './core/read-file.ts';
import { Secret } from './core/secret.ts';
import { reportSuccess, reportToken } from './diagnosis/report.ts';
import { warnOfWeakTrust, withExplanation } from './diagnosis/with-explanation.ts';
import type { IdentityToken } from './identity/identity-token.ts';
import { checkToken } from './identity/token-check.ts';
import type { RawOptions } from './options/keys.ts';
import { type Options, parseOptions } from './options/options.ts';
import type { OptionRules } from './options/read.ts';
import type { Runtime } from './runtime.ts';
import type { Session } from './sts/assumed-credentials.ts';
import type { Limits } from './sts/sts-call.ts';

/** Result of a successful run. */
export interface Outcome {
  readonly sessions: readonly [Session, ...Session[]];
  readonly options: Options;
  readonly token: IdentityToken;
}

/**
 * The one flow: parse options, get the identity token, exchange it, follow the chain, check the account, publish, report.
 * @throws Failure; nothing is published then
 */
export async function assumeRole<Mode extends string>(
  ci: CiSystem<Mode>,
  raw: RawOptions,
  rules: OptionRules<Mode>,
  runtime: Runtime,
): Promise<Outcome> {
  const options = parseOptions(raw, rules);
  if (options.maskAccountId) maskAccounts(ci.log, options);
  const limits = limitsOf(options, raw, runtime);

  // Slow disks and network drives must respect the deadline too.
  const reading: Runtime = {
    ...runtime,
    readTextFile: (path) => unlessAborted(runtime.readTextFile(path), limits.signal),
  };
  let token: IdentityToken | undefined;
  try {
    guardRoles(options, raw.allowedAccountIds.name);
    token = await ci.identityToken(limits);
    reportToken(ci.log, token, runtime.now());
    checkToken(token, runtime.now(), ci);
    const sessions = await assumeSessions(token, { ci, knownRun: ci.run(token), options, limits, runtime });
    limits.signal.throwIfAborted();
    const published = await ci.publish(sessions, options, limits.timeLeft);
    reportSuccess({ sessions, published, options }, ci.log, runtime.now());
    await warnOfWeakTrust(token, { options, runtime: reading, log: ci.log });
    return { sessions, options, token };
  } catch (error) {
    throw await withExplanation(Failure.from(error), { token, options, raw, runtime: reading });
  }
}

/** Starts the clock of the run. */
function limitsOf({ timeoutSeconds, maxAttempts }: Options, raw: RawOptions, runtime: Runtime): Limits {
  const timeLimit = `${timeoutSeconds} s (${raw.timeoutSeconds.name})`;
  const timedOut = new Failure('TimedOut', `The time limit of ${timeLimit} passed.`);
  const deadline = runtime.deadline(timeoutSeconds * 1000, timedOut);
  const signal = AbortSignal.any([runtime.cancelled, deadline.signal]);
  return { signal, timeLeft: deadline.timeLeft, timeLimit, maxAttempts };
}

/** Masks the accounts of the options before they are printed. One of them will own the credentials. */
function maskAccounts(log: CiSystem['log'], { roles, chain, allowedAccountIds }: Options): void {
  const accounts = [...roles.map(({ role }) => role.accountId), ...chain.map((role) => role.accountId)];
  for (const account of new Set([...accounts, ...allowedAccountIds])) log.mask(new Secret(account));
}
