import { providerArnFor } from './arn.ts';
import { text, textList } from './claims.ts';
import type { Claims } from './model.ts';
import { parseSubject, type Subject } from './subject.ts';
import {
  literalInEquals,
  literalInLike,
  type SubjectCondition,
  type TrustStatement,
  trustStatement,
} from './trust-statement.ts';

/**
 * The trust statement that admits this token and as few others as its CI system allows: only what changes from run to run
 * (Bitbucket's step, Buildkite's commit and step, CircleCI's user) is left open.
 *
 * @returns undefined where no trust policy can admit the token: it lacks `iss`, `sub` or `aud`, or has several audiences
 *   and no authorized party.
 * @throws RangeError where `roleArn` is not the ARN of an IAM role.
 */
export function statementFor(claims: Claims, { roleArn }: { readonly roleArn: string }): TrustStatement | undefined {
  const issuer = text(claims['iss']);
  const sub = text(claims['sub']);
  const audiences = textList(claims['aud']);
  const audience = text(claims['azp']) ?? (audiences.length === 1 ? audiences[0] : undefined);
  if (issuer === undefined || sub === undefined || audience === undefined) return undefined;
  return trustStatement({
    providerArn: providerArnFor(issuer, roleArn),
    issuer,
    audience: literalInEquals(audience),
    subject: subjectCondition(parseSubject(issuer, sub), sub),
  });
}

function subjectCondition(subject: Subject | undefined, sub: string): SubjectCondition {
  const pattern = subject && openPattern(subject);
  if (pattern === undefined) return { operator: 'StringEquals', values: [literalInEquals(sub)] };
  return { operator: 'StringLike', values: [pattern] };
}

/** Pattern for the subjects that change with every run; undefined for those that do not. */
function openPattern(subject: Subject): string | undefined {
  switch (subject.provider) {
    case 'bitbucket': {
      const { repositoryUuid, deploymentEnvironmentUuid } = subject;
      return `{${repositoryUuid}}:${deploymentEnvironmentUuid === undefined ? '' : `{${deploymentEnvironmentUuid}}:`}*`;
    }
    case 'buildkite':
      return `${literalInLike(`organization:${subject.organization}:pipeline:${subject.pipeline}:ref:${subject.ref}:`)}*`;
    case 'circleci': {
      const project = `org/${subject.organizationId}/project/${subject.projectId}/user/*`;
      if (subject.vcsOrigin === undefined || subject.vcsRef === undefined) return project;
      return `${project}${literalInLike(`/vcs-origin/${subject.vcsOrigin}/vcs-ref/${subject.vcsRef}`)}`;
    }
    default:
      return undefined;
  }
}
