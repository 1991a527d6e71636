/** Facts about a token's session that take room in the session token. */
export interface PackedIdentity {
  readonly issuerPath: string;
  readonly subject: string;
  readonly sourceIdentity: string | undefined;
}

/**
 * Constants fitted to the recorded answers of AWS STS of 2026-09-11 (radkawar/stackd). AWS publishes no formula.
 * Recorded: 24 % for an empty subject, 25 % for 3 to 13 characters, also with a tag of 15.
 * Recorded: 26 % with a source identity of 12 characters, 34 % for a subject of 300. All issuers were equally long.
 */
const CAPACITY = 3072;
const FIXED = 679;
const SOURCE_IDENTITY_KEY = 'aws:SourceIdentity'.length;

/** Characters that a token's identity takes. */
export function packedIdentityLength({ issuerPath, subject, sourceIdentity }: PackedIdentity): number {
  const source = sourceIdentity === undefined ? 0 : SOURCE_IDENTITY_KEY + sourceIdentity.length;
  return FIXED + issuerPath.length + subject.length + source;
}

/** PackedPolicySize, per cent. */
export function packedPercent(characters: number): number {
  return Math.min(100, Math.ceil((characters / CAPACITY) * 100));
}
