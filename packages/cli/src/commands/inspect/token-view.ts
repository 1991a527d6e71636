import type { IdentityToken } from '@aws-oidc-assume/shared';
import { REQUIRED_CLAIMS } from '@aws-oidc-assume/shared/checks';
import {
  type Issuer,
  issuerPath,
  parseSubject,
  providerArnFor,
  recogniseIssuer,
  type Subject,
  webIdentityContext,
} from '@aws-oidc-assume/trust-policy';

/** Claims of a token, and the condition keys that IAM can match. The token itself is not included. */
export interface TokenView {
  readonly claims: Readonly<Record<string, unknown>>;
  /** Name of the CI system if the issuer is known: `Bitbucket Pipelines`. */
  readonly system: string | undefined;
  readonly issuer: string | undefined;
  readonly subject: Subject | undefined;
  /** ISO 8601 */
  readonly issuedAt: string | undefined;
  readonly expiresAt: string | undefined;
  /** Seconds since it was issued. */
  readonly age: number | undefined;
  /** Seconds; negative if it has expired. */
  readonly expiresIn: number | undefined;
  /** ARN of the identity provider that AWS looks for, if the role is known. */
  readonly identityProvider: string | undefined;
  /** Condition keys of a trust policy that AWS fills from this token. */
  readonly conditionKeys: Readonly<Record<string, string | readonly string[]>>;
  /**
   * Claims without a condition key of the issuer: a condition on `<issuer>:<claim>` never matches. A context provider in IAM
   * may map them to other keys.
   */
  readonly unmatchable: readonly string[];
  readonly notes: readonly string[];
}

/** Claims about the token itself, on which no policy has a condition. */
const TECHNICAL = new Set(['iss', 'exp', 'iat', 'nbf', 'jti', 'azp', 'sub', 'aud', 'amr', 'email']);

/** @param roleArn role to assume; AWS looks for the identity provider in its account */
export function tokenView(token: IdentityToken, now: Date, roleArn?: string): TokenView {
  const { claims, issuer } = token;
  const recognised = recogniseIssuer(issuer ?? '');
  const seconds = (date: Date | undefined) =>
    date === undefined ? undefined : Math.round((date.getTime() - now.getTime()) / 1000);
  const issued = seconds(token.issuedAt);
  const context = issuer === undefined ? {} : webIdentityContext(claims, roleArn);
  const path = issuer === undefined ? undefined : issuerPath(issuer);
  const conditionKeys = Object.fromEntries(
    Object.entries(context).filter(([key]) => path !== undefined && key.startsWith(`${path}:`)),
  );
  const matchable = new Set(Object.keys(conditionKeys).map((key) => key.slice((path ?? '').length + 1)));
  const unmatchable = Object.keys(claims).filter((claim) => !TECHNICAL.has(claim) && !matchable.has(claim));
  return {
    claims,
    system: recognised?.provider.name,
    issuer,
    subject: issuer === undefined ? undefined : parseSubject(issuer, token.subject ?? ''),
    issuedAt: token.issuedAt?.toISOString(),
    expiresAt: token.expiresAt?.toISOString(),
    age: issued === undefined ? undefined : -issued,
    expiresIn: seconds(token.expiresAt),
    identityProvider: roleArn === undefined || issuer === undefined ? undefined : providerArnFor(issuer, roleArn),
    conditionKeys,
    unmatchable,
    notes: [
      ...notesOn(token, recognised, now),
      ...(issuer === undefined || unmatchable.length === 0 ? [] : [MAPPED_CLAIMS]),
    ],
  };
}

const MAPPED_CLAIMS =
  'A context provider of the identity provider in IAM can map other claims to aws:TransactionContext/IdentityProvider/<key>. AWS documents these keys for sessions; whether a trust policy can use them when a role is assumed by a token is not confirmed.';

function notesOn(token: IdentityToken, issuer: Issuer | undefined, now: Date): string[] {
  const subject = parseSubject(token.issuer ?? '', token.subject ?? '');
  const notes: string[] = [];
  const missing = REQUIRED_CLAIMS.filter((claim) => token.claims[claim] === undefined);
  if (missing.length > 0) notes.push(`AWS refuses this token: it has no ${missing.join(', ')}.`);
  if (token.audiences.length > 1 && token.authorizedParty === undefined) {
    notes.push('AWS refuses this token: it has several audiences and no authorized party (azp).');
  }
  if (token.authorizedParty !== undefined) {
    notes.push(
      'The token has an authorized party (azp). AWS matches it instead of the audience, which is in the key ":oaud".',
    );
  }
  const leeway = 300_000;
  if (token.expiresAt !== undefined && now.getTime() - token.expiresAt.getTime() > leeway) {
    notes.push('AWS refuses this token: it expired more than 5 minutes ago.');
  }
  if (subject?.provider === 'bitbucket') {
    notes.push(
      'The UUID of the step, at the end of the subject, is new in every run: match it with StringLike and "*".',
    );
    if (subject.deploymentEnvironmentUuid === undefined) {
      notes.push(
        'The step has no `deployment:`, so a policy can only recognize the repository, not an environment or a branch.',
      );
    }
  }
  if (subject?.kind === 'entra-service-connection') {
    notes.push(
      'Microsoft Entra issued this token for an Azure connection. For a connection of another type, Azure DevOps issues the token itself.',
    );
  }
  if (token.issuer !== undefined && issuer === undefined)
    notes.push('The issuer is unknown to this program, so only the default claims are shown as condition keys.');
  return notes;
}

/** Parts of a subject as rows for people. */
export function subjectRows(subject: Subject): (readonly [string, string])[] {
  return Object.entries(subject)
    .filter(([name]) => name !== 'provider')
    .map(([name, value]) => [words(name), String(value)] as const);
}

/** `deploymentEnvironmentUuid` → `deployment environment UUID` */
function words(name: string): string {
  return name
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/\buuid\b/, 'UUID')
    .replace(/\bid\b/, 'ID');
}
