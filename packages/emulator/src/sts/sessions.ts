import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { JsonObject } from '../json.ts';
import type { SecretLedger } from '../secret-ledger.ts';
import { base32, type KnownRole } from './iam.ts';
import type { PropagatedIdentity } from './identity-propagation.ts';

/** Facts about a session that are not secret. */
export interface SessionFacts {
  readonly role: KnownRole;
  readonly name: string;
  readonly action: 'AssumeRoleWithWebIdentity' | 'AssumeRole' | 'GetScopedCredentials';
  readonly durationSeconds: number;
  readonly policy: JsonObject | undefined;
  readonly policyArns: readonly string[];
  /** Policies of GetScopedCredentials, one for each call that led to this session. */
  readonly scopedPolicies: readonly JsonObject[];
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | undefined;
  /** Keys that the provider's context provider took from the token. */
  readonly propagated: PropagatedIdentity | undefined;
}

export interface Session extends SessionFacts {
  /** `arn:…:sts::…:assumed-role/NAME/SESSION`, without the role's path. */
  readonly arn: string;
  /** `AROA…:SESSION`. */
  readonly userId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Seconds since 1970 on the emulator's clock. */
  readonly expires: number;
}

export interface Sessions {
  /**
   * @param minimumTokenSize least size of the session token, bytes
   * @param expires end of the session; by default its duration from now
   */
  open(facts: SessionFacts, minimumTokenSize?: number, expires?: number): Session;
  byAccessKeyId(accessKeyId: string): Session | undefined;
  all(): readonly Session[];
}

export function createSessions(clock: Clock, secrets: SecretLedger): Sessions {
  return new MemorySessions(clock, secrets);
}

class MemorySessions implements Sessions {
  readonly #clock: Clock;
  readonly #secrets: SecretLedger;
  readonly #sessions = new Map<string, Session>();

  constructor(clock: Clock, secrets: SecretLedger) {
    this.#clock = clock;
    this.#secrets = secrets;
  }

  open(facts: SessionFacts, minimumTokenSize = 0, expires = this.#clock.now() + facts.durationSeconds): Session {
    const { role, name } = facts;
    const session: Session = {
      ...facts,
      arn: `arn:${role.partition}:sts::${role.accountId}:assumed-role/${role.name}/${name}`,
      userId: `${role.id}:${name}`,
      accessKeyId: `ASIA${base32(randomBytes(16))}`,
      secretAccessKey: this.#secrets.issued('secret-access-key', randomBytes(30).toString('base64')),
      sessionToken: this.#secrets.issued('session-token', sessionToken(minimumTokenSize)),
      expires,
    };
    this.#sessions.set(session.accessKeyId, session);
    return session;
  }

  byAccessKeyId(accessKeyId: string): Session | undefined {
    return this.#sessions.get(accessKeyId);
  }

  all(): readonly Session[] {
    return [...this.#sessions.values()];
  }
}

/**
 * A random session token. AWS promises nothing about a token's size or form. This one has several hundred characters and
 * always `+`, `/` and `=`, so that a client which does not encode them fails here too.
 */
function sessionToken(minimumSize: number): string {
  // 3n + 1 bytes end in "==".
  const bytes = Math.max(451, Math.ceil((minimumSize * 3) / 4 / 3) * 3 + 1);
  for (;;) {
    const token = randomBytes(bytes).toString('base64');
    if (token.includes('+') && token.includes('/')) return token;
  }
}

/** ISO 8601 in whole seconds, as in STS's answers. */
export function isoSeconds(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
