import { ciSystem } from '../ci-systems/index.ts';
import { recogniseIssuer } from '../ci-systems/issuer.ts';
import { exactSubjects, subjectsLike } from '../ci-systems/subject-condition.ts';
import { issuerPath, providerArnFor } from '../policy/arn.ts';
import { text, textList } from '../policy/claims.ts';
import { literalInEquals } from '../policy/literal.ts';
import type { Claims } from '../policy/model.ts';
import { AWS_CLAIMS, sessionTags } from './aws-claims.ts';
import { type TrustStatement, trustStatement } from './trust-statement.ts';

/** Claims of a token that every trust policy can compare. */
export interface TokenIdentity {
  readonly issuer: string;
  readonly sub: string;
  /** Audience that AWS compares: the authorized party if there is one. */
  readonly audience: string;
}

/**
 * Returns the identity of a token. Returns undefined if AWS refuses the token, because it lacks `iss`, `sub` or `aud`, or
 * has several audiences and no authorized party.
 */
export function tokenIdentity(claims: Claims): TokenIdentity | undefined {
  const issuer = text(claims['iss']);
  const sub = text(claims['sub']);
  const [first, ...further] = textList(claims['aud']);
  if (issuer === undefined || sub === undefined || first === undefined) return undefined;
  const audience = text(claims['azp']) ?? (further.length === 0 ? first : undefined);
  return audience === undefined ? undefined : { issuer, sub, audience };
}

/**
 * Returns the trust statement that admits this token and as few others as its CI system allows. It leaves open only parts
 * of the subject that change with every run: Bitbucket's step, Buildkite's commit and step, CircleCI's user. A subject
 * that was customised and does not name its owner is limited by a further claim, e.g. GitHub's `repository_id`.
 *
 * @returns undefined if no trust policy can admit the token: it lacks `iss`, `sub` or `aud`, or has several audiences and
 *   no authorized party.
 * @throws RangeError if `roleArn` is not the ARN of an IAM role.
 */
export function statementFor(claims: Claims, { roleArn }: { readonly roleArn: string }): TrustStatement | undefined {
  const identity = tokenIdentity(claims);
  return identity && admittingStatement(claims, identity, providerArnFor(identity.issuer, roleArn));
}

/** Returns that statement for a token known to have an identity. */
export function admittingStatement(claims: Claims, identity: TokenIdentity, providerArn: string): TrustStatement {
  const { issuer, sub, audience } = identity;
  const pattern = systemOf(identity)?.openPattern?.(sub);
  const scope = scopeClaim(claims, identity);
  return trustStatement({
    providerArn,
    issuer,
    audience: literalInEquals(audience),
    subject: pattern === undefined ? exactSubjects(sub) : subjectsLike(pattern),
    ...(scope === undefined ? {} : { equal: { [`${issuerPath(issuer)}:${scope.claim}`]: scope.value } }),
    tagSession: sessionTags(claims).values.length > 0,
    sourceIdentity: text(claims[AWS_CLAIMS.sourceIdentity]) !== undefined,
  });
}

/** Whether that statement admits jobs of one owner only. */
export function namesOneOwner(claims: Claims, identity: TokenIdentity): boolean {
  const ownerSubject = systemOf(identity)?.ownerSubject;
  return (
    ownerSubject === undefined || ownerSubject.test(`${identity.sub}:`) || scopeClaim(claims, identity) !== undefined
  );
}

/**
 * Returns a noun phrase for the jobs that the statement for a token admits, e.g. `every step of the repository {…}, on
 * every branch`. Undefined if no statement admits the token.
 */
export function jobsAdmittedFor(claims: Claims): string | undefined {
  const identity = tokenIdentity(claims);
  if (identity === undefined) return undefined;
  const open = systemOf(identity)?.openJobs?.(identity.sub);
  if (open !== undefined) return open;
  const exact = `every job with the subject "${identity.sub}"`;
  return namesOneOwner(claims, identity) ? exact : `${exact}, with any owner`;
}

function systemOf({ issuer }: TokenIdentity) {
  const recognised = recogniseIssuer(issuer);
  return recognised && ciSystem(recognised.provider.id);
}

/** The claim that limits a customised subject, which may not name the job's repository or project, if the token has one. */
function scopeClaim(claims: Claims, identity: TokenIdentity) {
  const { levels, scopeClaims } = systemOf(identity) ?? {};
  if (levels === undefined || levels.parse(identity.sub)?.scope !== undefined) return undefined;
  const names = [...(scopeClaims?.scope ?? []), ...(scopeClaims?.owner ?? [])];
  return names
    .flatMap((claim) => textList(claims[claim]).map((value) => ({ claim, value: literalInEquals(value) })))
    .at(0);
}
