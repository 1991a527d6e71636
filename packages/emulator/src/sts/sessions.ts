import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { JsonObject } from '../json.ts';
import type { SecretLedger } from '../secret-ledger.ts';
import { base32, type KnownRole } from './iam.ts';

/** What is known of a session besides its secrets. */
export interface SessionFacts {
  readonly role: KnownRole;
  readonly name: string;
  readonly action: 'AssumeRoleWithWebIdentity' | 'AssumeRole';
  readonly durationSeconds: number;
  readonly policy: JsonObject | undefined;
  readonly policyArns: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | undefined;
}

export interface Session extends SessionFacts {
  /** `arn:…:sts::…:assumed-role/NAME/SESSION`; without the role's path. */
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
  /** @param minimumTokenSize bytes the session token has at least */
  readonly open: (facts: SessionFacts, minimumTokenSize?: number) => Session;
  readonly byAccessKeyId: (accessKeyId: string) => Session | undefined;
  readonly all: () => readonly Session[];
}

export function createSessions(clock: Clock, secrets: SecretLedger): Sessions {
  const sessions = new Map<string, Session>();
  return {
    open: (facts, minimumTokenSize = 0) => {
      const { role, name, durationSeconds } = facts;
      const session: Session = {
        ...facts,
        arn: `arn:${role.partition}:sts::${role.accountId}:assumed-role/${role.name}/${name}`,
        userId: `${role.id}:${name}`,
        accessKeyId: `ASIA${base32(randomBytes(16))}`,
        secretAccessKey: secrets.issued('secret-access-key', randomBytes(30).toString('base64')),
        sessionToken: secrets.issued('session-token', sessionToken(minimumTokenSize)),
        expires: clock.now() + durationSeconds,
      };
      sessions.set(session.accessKeyId, session);
      return session;
    },
    byAccessKeyId: (accessKeyId) => sessions.get(accessKeyId),
    all: () => [...sessions.values()],
  };
}

/**
 * AWS promises nothing about a token's size or look. Ours has several hundred characters and always `+`, `/` and `=`,
 * so that a client which forgets to encode them fails here too.
 */
function sessionToken(minimumSize: number): string {
  // 3n + 1 bytes end in "==".
  const bytes = Math.max(451, Math.ceil((minimumSize * 3) / 4 / 3) * 3 + 1);
  for (;;) {
    const token = randomBytes(bytes).toString('base64');
    if (token.includes('+') && token.includes('/')) return token;
  }
}

/** ISO 8601 in whole seconds, as STS writes it. */
export function isoSeconds(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
