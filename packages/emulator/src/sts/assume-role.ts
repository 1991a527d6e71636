import { assumeParameters, requestedRole } from './assume-role-parameters.ts';
import { admittedRole } from './assume-role-trust.ts';
import { violations } from './constraints.ts';
import { requestContext } from './request-context.ts';
import { sessionElements } from './session-elements.ts';
import { sessionPolicies } from './session-policies.ts';
import { requestedTags } from './session-tags.ts';
import type { Session } from './sessions.ts';
import type { StsCall, StsParts } from './sts-call.ts';
import { StsError } from './sts-error.ts';
import type { Elements } from './xml.ts';

/** AWS's limit for a session opened with the credentials of another one, in seconds. */
const chainedLimit = 3600;

/**
 * Role chaining: credentials of one session open another. Only sessions can call here, so every call is a chained one.
 * @throws StsError
 */
export function assumeRole(call: StsCall, caller: Session, { iam, sessions, clock }: StsParts): Elements {
  const { query } = call;
  const found = violations(query);
  const parameters = assumeParameters(query, found);
  const externalId = found.text('ExternalId', {
    minimum: 2,
    maximum: 1224,
    pattern: { shown: String.raw`[\w+=,.@:\/-]*`, test: /^[\w+=,.@:/-]*$/ },
  });
  const ownSourceIdentity = found.text('SourceIdentity', {
    minimum: 2,
    maximum: 256,
    pattern: { shown: String.raw`[\w+=,.@-]*`, test: /^[\w+=,.@-]*$/ },
  });
  const requested = requestedTags(query, found);
  found.check();
  // There are no devices here, so no code can be right.
  if (query.get('SerialNumber') !== undefined || query.get('TokenCode') !== undefined) {
    throw new StsError('AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code.');
  }

  const asked = requestedRole(parameters.roleArn);
  if (caller.sourceIdentity !== undefined && (ownSourceIdentity ?? caller.sourceIdentity) !== caller.sourceIdentity) {
    throw new StsError('ValidationError', 'The source identity is already set for this assume role session');
  }
  const sourceIdentity = ownSourceIdentity ?? caller.sourceIdentity;
  const tags = requested.onTopOf(caller);

  const role = admittedRole(iam.role(asked), {
    caller,
    roleArn: asked.arn,
    sessionName: parameters.sessionName,
    externalId,
    sourceIdentity,
    tags,
    request: requestContext(call, clock),
  });
  checkDuration(parameters.durationSeconds, role.maxSessionDuration);
  const policies = sessionPolicies(parameters, tags.all);

  const session = sessions.open({
    role,
    name: parameters.sessionName,
    action: 'AssumeRole',
    durationSeconds: parameters.durationSeconds,
    policy: policies.inline,
    policyArns: policies.arns,
    tags: tags.all,
    transitiveTagKeys: tags.transitiveKeys,
    sourceIdentity,
  });
  return { ...sessionElements(session), SourceIdentity: sourceIdentity, PackedPolicySize: policies.packedSize };
}

/** The role's own maximum is looked at first, as AWS does. */
function checkDuration(seconds: number, maximum: number): void {
  if (seconds > maximum) {
    throw new StsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  if (seconds > chainedLimit) {
    throw new StsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
}
