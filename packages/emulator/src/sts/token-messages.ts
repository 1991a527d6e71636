/** AWS's texts for a refused token that changed over time. */
export interface TokenMessages {
  unknownProvider(issuer: string): string;
  readonly unknownAudience: string;
  readonly badSignature: string;
  /** @param now and `expires` in seconds since 1970 */
  expired(now: number, expires: number): string;
}

/** Tolerance on iat, nbf and exp, seconds. */
export const LEEWAY = 300;

const NOT_VALIDATED =
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.';

/**
 * `current`: recorded answers of AWS STS in us-east-1 on 2026-09-11 (radkawar/stackd). The recording has no row without
 * the provider. Public reports of 2026 name a missing provider as a cause of the same text. `old`: texts in AWS's
 * documentation and in reports before 2026.
 */
export const TOKEN_MESSAGES = {
  current: {
    unknownProvider: () => NOT_VALIDATED,
    unknownAudience: NOT_VALIDATED,
    badSignature: NOT_VALIDATED,
    expired: (now, expires) =>
      `Token expired: current date/time ${now - LEEWAY} must be before the expiration date/time ${expires}`,
  },
  old: {
    unknownProvider: (issuer) => `No OpenIDConnect provider found in your account for ${issuer}`,
    unknownAudience: 'Incorrect token audience',
    badSignature: 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    // The missing space is AWS's.
    expired: (now, expires) =>
      `Token expired: current date/time ${now} must be before the expiration date/time${expires}`,
  },
} as const satisfies Readonly<Record<string, TokenMessages>>;

export type MessageStyle = keyof typeof TOKEN_MESSAGES;
