import { ciSystem } from '../ci-systems/index.ts';
import { recogniseIssuer } from '../ci-systems/issuer.ts';
import { exactSubjects, subjectsLike } from '../ci-systems/subject-condition.ts';
import { providerArnFor } from '../policy/arn.ts';
import { text, textList } from '../policy/claims.ts';
import { literalInEquals } from '../policy/literal.ts';
import type { Claims } from '../policy/model.ts';
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
 * of the subject that change with every run: Bitbucket's step, Buildkite's commit and step, CircleCI's user.
 *
 * @returns undefined if no trust policy can admit the token: it lacks `iss`, `sub` or `aud`, or has several audiences and
 *   no authorized party.
 * @throws RangeError if `roleArn` is not the ARN of an IAM role.
 */
export function statementFor(claims: Claims, { roleArn }: { readonly roleArn: string }): TrustStatement | undefined {
  const identity = tokenIdentity(claims);
  return identity && admittingStatement(identity, providerArnFor(identity.issuer, roleArn));
}

/** Returns that statement for a token known to have an identity. */
export function admittingStatement({ issuer, sub, audience }: TokenIdentity, providerArn: string): TrustStatement {
  const recognised = recogniseIssuer(issuer);
  const pattern = recognised && ciSystem(recognised.provider.id).openPattern?.(sub);
  return trustStatement({
    providerArn,
    issuer,
    audience: literalInEquals(audience),
    subject: pattern === undefined ? exactSubjects(sub) : subjectsLike(pattern),
  });
}
