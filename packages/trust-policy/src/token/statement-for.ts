import { parseSubject, type Subject } from '../ci-systems/subject.ts';
import { providerArnFor } from '../policy/arn.ts';
import type { Claims } from '../policy/model.ts';
import { text, textList } from './claims.ts';
import {
  literalInEquals,
  literalInLike,
  type SubjectCondition,
  type TrustStatement,
  trustStatement,
} from './trust-statement.ts';

/** What a trust policy can compare of every token. */
export interface TokenIdentity {
  readonly issuer: string;
  readonly sub: string;
  /** The one AWS compares: the authorized party where there is one. */
  readonly audience: string;
}

/** Undefined where AWS refuses the token: it lacks `iss`, `sub` or `aud`, or has several audiences and no authorized party. */
export function tokenIdentity(claims: Claims): TokenIdentity | undefined {
  const issuer = text(claims['iss']);
  const sub = text(claims['sub']);
  const [first, ...further] = textList(claims['aud']);
  if (issuer === undefined || sub === undefined || first === undefined) return undefined;
  const audience = text(claims['azp']) ?? (further.length === 0 ? first : undefined);
  return audience === undefined ? undefined : { issuer, sub, audience };
}

/**
 * The trust statement that admits this token and as few others as its CI system allows: only what changes from run to run
 * (Bitbucket's step, Buildkite's commit and step, CircleCI's user) is left open.
 *
 * @returns undefined where no trust policy can admit the token: it lacks `iss`, `sub` or `aud`, or has several audiences
 *   and no authorized party.
 * @throws RangeError where `roleArn` is not the ARN of an IAM role.
 */
export function statementFor(claims: Claims, { roleArn }: { readonly roleArn: string }): TrustStatement | undefined {
  const identity = tokenIdentity(claims);
  return identity && admittingStatement(identity, providerArnFor(identity.issuer, roleArn));
}

/** The same for a token known to have an identity. */
export function admittingStatement({ issuer, sub, audience }: TokenIdentity, providerArn: string): TrustStatement {
  return trustStatement({
    providerArn,
    issuer,
    audience: literalInEquals(audience),
    subject: subjectCondition(parseSubject(issuer, sub), sub),
  });
}

function subjectCondition(subject: Subject | undefined, sub: string): SubjectCondition {
  const pattern = subject && openPattern(subject, sub);
  if (pattern === undefined) return { operator: 'StringEquals', values: [literalInEquals(sub)] };
  return { operator: 'StringLike', values: [pattern] };
}

/** Pattern for the subjects that change with every run; undefined for those that do not. */
function openPattern(subject: Subject, sub: string): string | undefined {
  if (subject.provider === 'bitbucket') {
    const { repositoryUuid, deploymentEnvironmentUuid } = subject;
    return `{${repositoryUuid}}:${deploymentEnvironmentUuid === undefined ? '' : `{${deploymentEnvironmentUuid}}:`}*`;
  }
  if (subject.provider === 'buildkite') {
    return `${literalInLike(`organization:${subject.organization}:pipeline:${subject.pipeline}:ref:${subject.ref}:`)}*`;
  }
  if (subject.provider === 'circleci') {
    const project = `org/${subject.organizationId}/project/${subject.projectId}/user/`;
    return `${project}*${literalInLike(sub.slice(`${project}${subject.userId}`.length))}`;
  }
  return undefined;
}
