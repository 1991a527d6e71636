import { assumeParameters, requestedRole } from './assume-role-parameters.ts';
import { admittedRole } from './assume-role-trust.ts';
import { Violations } from './constraints.ts';
import { packedPercent } from './packed-size.ts';
import { requestContext } from './request-context.ts';
import { sessionElements } from './session-elements.ts';
import { sessionPolicies } from './session-policies.ts';
import { RequestedTags } from './session-tags.ts';
import type { Session } from './sessions.ts';
import type { StsCall, StsParts } from './sts-call.ts';
import { StsError } from './sts-error.ts';
import type { Elements } from './xml.ts';

/** AWS's limit for chained sessions, seconds. */
const CHAINED_LIMIT = 3600;

/**
 * Opens a session with the credentials of another one (role chaining). Every caller here is a session.
 * @throws StsError
 */
export function assumeRole(call: StsCall, caller: Session, { iam, sessions, clock }: StsParts): Elements {
  const { query } = call;
  const violations = new Violations(query);
  const parameters = assumeParameters(query, violations);
  const externalId = violations.text('ExternalId', {
    minimum: 2,
    maximum: 1224,
    pattern: { text: String.raw`[\w+=,.@:\/-]*`, test: /^[\w+=,.@:/-]*$/ },
  });
  const ownSourceIdentity = violations.text('SourceIdentity', {
    minimum: 2,
    maximum: 256,
    pattern: { text: String.raw`[\w+=,.@-]*`, test: /^[\w+=,.@-]*$/ },
  });
  const requestedTags = new RequestedTags(query, violations);
  violations.check();
  // The emulator has no MFA devices, so every code is wrong.
  if (query.get('SerialNumber') !== undefined || query.get('TokenCode') !== undefined) {
    throw new StsError('AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code.');
  }

  const requested = requestedRole(parameters.roleArn);
  if (caller.sourceIdentity !== undefined && (ownSourceIdentity ?? caller.sourceIdentity) !== caller.sourceIdentity) {
    throw new StsError('ValidationError', 'The source identity is already set for this assume role session');
  }
  const sourceIdentity = ownSourceIdentity ?? caller.sourceIdentity;
  const tags = requestedTags.chainedTo(caller);

  const role = admittedRole(iam.role(requested), {
    caller,
    roleArn: requested.arn,
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
    scopedPolicies: [],
    tags: tags.all,
    transitiveTagKeys: tags.transitiveKeys,
    sourceIdentity,
    // AWS does not document whether a chained session keeps these keys, and AssumeRole does not return them.
    propagated: undefined,
  });
  // AWS omits the size if there is nothing to pack.
  const packedSize = policies.length === 0 ? undefined : packedPercent(policies.length);
  return { ...sessionElements(session), SourceIdentity: sourceIdentity, PackedPolicySize: packedSize };
}

/** Checks the role's own maximum first, as AWS does. */
function checkDuration(seconds: number, maximum: number): void {
  if (seconds > maximum) {
    throw new StsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  if (seconds > CHAINED_LIMIT) {
    throw new StsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
}
