import { guardRoles, guardSessions } from './account-guard.ts';
import type { CiSystem } from './ci-system.ts';
import { Failure } from './core/failure.ts';
import { Secret } from './core/secret.ts';
import { withExplanation } from './diagnosis/explain-refusal.ts';
import { reportSuccess, reportToken } from './diagnosis/report.ts';
import { warnOfWeakTrust } from './diagnosis/trust-policy-file.ts';
import type { IdentityToken } from './identity/identity-token.ts';
import { sessionNameOf } from './identity/session-name.ts';
import { checkToken } from './identity/token-check.ts';
import type { RawOptions } from './options/keys.ts';
import { type Options, parseOptions, type RoleTarget } from './options/options.ts';
import type { OptionRules } from './options/read.ts';
import type { Runtime } from './runtime.ts';
import type { Session } from './sts/assumed-credentials.ts';
import { chain, exchange, type Limits, type TokenSource } from './sts/exchange.ts';
import { chainTagsOf, type SessionTags } from './sts/session-tags.ts';
import { Sts } from './sts/sts-client.ts';

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
  if (options.maskAccountId) maskAccounts(ci, options);
  guardRoles(options, raw.allowedAccountIds.name);
  const timeLimit = `${options.timeoutSeconds} s (${raw.timeoutSeconds.name})`;
  const timedOut = new Failure('TimedOut', `The time limit of ${timeLimit} passed.`);
  const deadline = runtime.deadline(options.timeoutSeconds * 1000, timedOut);
  const signal = AbortSignal.any([runtime.cancelled, deadline.signal]);
  const { maxAttempts } = options;
  const limits: Limits = { signal, timeLeft: deadline.timeLeft, timeLimit, maxAttempts };

  const token = await ci.identityToken(limits);
  reportToken(ci.log, token, runtime.now());
  try {
    checkToken(token, runtime.now(), ci);
    const sessions = await assumeAll(ci, options, token, limits, runtime);
    guardSessions(sessions, options, raw.allowedAccountIds.name);
    signal.throwIfAborted();
    const published = await ci.publish(sessions, options);
    reportSuccess(ci.log, sessions, published, options, runtime.now());
    await warnOfWeakTrust(ci.log, token, options, runtime);
    return { sessions, options, token };
  } catch (error) {
    throw await withExplanation(Failure.from(error), token, options, runtime);
  }
}

/** All roles at once from the one token, each followed by its chain. One refusal ends them all. */
async function assumeAll(
  ci: Pick<CiSystem, 'run' | 'log' | 'renewsToken' | 'identityToken'>,
  options: Options,
  token: IdentityToken,
  limits: Limits,
  runtime: Runtime,
): Promise<[Session, ...Session[]]> {
  const { tags, leftOut } = chainTagsOf(ci.run, options.chainTags);
  for (const key of leftOut) {
    ci.log.warning(
      `The session tag ${key} is left out: AWS takes letters, digits, spaces and _ . : / = + - @ in a tag, up to 256, and ${key} holds others.`,
    );
  }
  const oneFailed = new AbortController();
  const together = { ...limits, signal: AbortSignal.any([limits.signal, oneFailed.signal]) };
  let renewed: Promise<IdentityToken> | undefined;
  const tokens: TokenSource = {
    current: token,
    renew: () => {
      if (ci.renewsToken) renewed ??= ci.identityToken(together);
      return renewed;
    },
  };
  const assume = (target: RoleTarget): Promise<Session> =>
    assumeOne(ci, options, target, tokens, tags, together, runtime).catch((error) => {
      oneFailed.abort(error);
      throw error;
    });
  const [first, ...others] = options.roles;
  return Promise.all([assume(first), ...others.map(assume)]);
}

async function assumeOne(
  ci: Pick<CiSystem, 'run' | 'log'>,
  options: Options,
  target: RoleTarget,
  tokens: TokenSource,
  tags: SessionTags['tags'],
  limits: Limits,
  runtime: Runtime,
): Promise<Session> {
  const exchangeRuntime = {
    sts: new Sts(runtime.transport, runtime.userAgent),
    log: ci.log,
    sleep: runtime.sleep,
    random: runtime.random,
  };
  const sessionName = options.sessionName ?? sessionNameOf(ci.run);
  const request = {
    sessionName,
    durationSeconds: options.durationSeconds,
    sessionPolicy: options.sessionPolicy,
    sessionPolicyArns: options.sessionPolicyArns,
  };
  const last = options.chain.length - 1;
  // Session policies narrow what is published: they belong to the last role, the ones before need their full rights.
  const bare = { ...request, sessionPolicy: undefined, sessionPolicyArns: [] };

  let credentials = await exchange(
    tokens,
    { ...(last < 0 ? request : bare), roleArn: target.role.arn },
    options,
    limits,
    exchangeRuntime,
  );
  mask(ci, credentials);
  for (const [at, role] of options.chain.entries()) {
    credentials = await chain(
      credentials,
      {
        ...(at === last ? request : bare),
        roleArn: role.arn,
        externalId: options.chainExternalId,
        tags,
      },
      options,
      limits,
      exchangeRuntime,
    );
    mask(ci, credentials);
  }
  return { profile: target.profile, credentials };
}

/** Before anything is said of them; what AWS then gives is of one of these accounts. */
function maskAccounts(ci: Pick<CiSystem, 'log'>, { roles, chain, allowedAccountIds }: Options): void {
  const accounts = [...roles.map(({ role }) => role.accountId), ...chain.map((role) => role.accountId)];
  for (const account of new Set([...accounts, ...allowedAccountIds])) ci.log.mask(new Secret(account));
}

function mask(ci: Pick<CiSystem, 'log'>, credentials: Session['credentials']): void {
  ci.log.mask(credentials.secretAccessKey);
  ci.log.mask(credentials.sessionToken);
}
