import type { CiSystem } from './ci-system.ts';
import { Secret } from './core/secret.ts';
import type { IdentityToken } from './identity/identity-token.ts';
import type { KnownRun } from './identity/run-identity.ts';
import { sessionNameOf } from './identity/session-name.ts';
import type { Options, RoleTarget } from './options/options.ts';
import type { Runtime } from './runtime.ts';
import type { Session } from './sts/assumed-credentials.ts';
import { chain, exchange, type TokenSource } from './sts/exchange.ts';
import { chainTagsOf, type SessionTags } from './sts/session-tags.ts';
import type { CallContext, Limits } from './sts/sts-call.ts';
import { Sts } from './sts/sts-client.ts';

/** Surroundings of one run. */
export interface Run {
  readonly ci: Pick<CiSystem, 'log' | 'renewsToken' | 'identityToken'>;
  /** The run of the CI system that this token belongs to. */
  readonly knownRun: KnownRun;
  readonly options: Options;
  readonly limits: Limits;
  readonly runtime: Runtime;
}

/**
 * Assumes all roles in parallel with one token, each followed by its chain. The first failure cancels the others.
 *
 * @throws Failure
 */
export async function assumeSessions(token: IdentityToken, run: Run): Promise<[Session, ...Session[]]> {
  const { ci, options, runtime } = run;
  const oneFailed = new AbortController();
  const limits = { ...run.limits, signal: AbortSignal.any([run.limits.signal, oneFailed.signal]) };
  const context: CallContext = {
    sts: new Sts(runtime),
    endpoints: options.endpoints,
    limits,
    secrets: [token.reveal()],
    log: ci.log,
    runtime,
  };
  const tokens = tokenSource(token, { ...run, limits });
  const tags = tagsOf(run);
  const assume = async (target: RoleTarget): Promise<Session> => {
    try {
      return await assumeSession(target, { run, tokens, tags, context });
    } catch (error) {
      oneFailed.abort(error);
      throw error;
    }
  };
  const [first, ...others] = options.roles;
  return Promise.all([assume(first), ...others.map(assume)]);
}

/** The token of the run. It is renewed once for all roles. */
function tokenSource(current: IdentityToken, { ci, limits }: Run): TokenSource {
  let renewed: Promise<IdentityToken> | undefined;
  return {
    current,
    renew: () => {
      if (ci.renewsToken) renewed ??= ci.identityToken(limits);
      return renewed;
    },
  };
}

function tagsOf({ ci, knownRun, options }: Run): SessionTags['tags'] {
  const { tags, notAccepted, notSigned } = chainTagsOf(knownRun, options.chainTags);
  for (const key of notAccepted) {
    ci.log.warning(
      `The session tag ${key} is left out: AWS takes letters, digits, spaces and _ . : / = + - @ in a tag, up to 256, and ${key} holds others.`,
    );
  }
  if (notSigned.length > 0) {
    ci.log.warning(
      `Left out of the session tags: ${notSigned.join(', ')}. The identity token does not state them, and any earlier step could change a variable.`,
    );
  }
  return tags;
}

interface Parts {
  readonly run: Run;
  readonly tokens: TokenSource;
  readonly tags: SessionTags['tags'];
  readonly context: CallContext;
}

async function assumeSession(target: RoleTarget, { run, tokens, tags, context }: Parts): Promise<Session> {
  const { ci, knownRun, options } = run;
  const request = {
    sessionName: options.sessionName ?? sessionNameOf(knownRun.identity),
    durationSeconds: options.durationSeconds,
    sessionPolicy: options.sessionPolicy,
    sessionPolicyArns: options.sessionPolicyArns,
  };
  // Session policies narrow the published credentials, so the last role gets them. Earlier roles need their full
  // rights.
  const withoutSessionPolicies = { ...request, sessionPolicy: undefined, sessionPolicyArns: [] };
  const last = options.chain.length - 1;

  const first = { ...(last < 0 ? request : withoutSessionPolicies), roleArn: target.role.arn };
  let credentials = await exchange(tokens, first, context);
  mask(ci.log, credentials);
  for (const [index, role] of options.chain.entries()) {
    const next = {
      ...(index === last ? request : withoutSessionPolicies),
      roleArn: role.arn,
      externalId: options.chainExternalId,
      tags,
    };
    credentials = await chain(credentials, next, context);
    mask(ci.log, credentials);
  }
  return { profile: target.profile, credentials };
}

function mask(log: CiSystem['log'], credentials: Session['credentials']): void {
  // Not a secret, but it identifies the session in other people's logs.
  log.mask(new Secret(credentials.accessKeyId));
  log.mask(credentials.secretAccessKey);
  log.mask(credentials.sessionToken);
}
