import { POLICY } from './assume-role-parameters.ts';
import { Violations } from './constraints.ts';
import { credentialElements } from './session-elements.ts';
import { parsePolicy } from './session-policies.ts';
import type { Session } from './sessions.ts';
import type { StsCall, StsParts } from './sts-call.ts';
import { StsError } from './sts-error.ts';
import type { Elements } from './xml.ts';

const MAX_DURATION = 129_600;
const MAX_SCOPED_POLICIES = 3;

/**
 * Narrows the caller's session: same identity, fewer permissions, an earlier end. Limits and error codes: STS model of
 * @aws-sdk/client-sts 3.1174. It has no texts for the errors; these are the emulator's.
 * @throws StsError
 */
export function getScopedCredentials(call: StsCall, caller: Session, { sessions, clock }: StsParts): Elements {
  const violations = new Violations(call.query);
  const policy = violations.text('Policy', POLICY);
  const duration = violations.integer('DurationSeconds', 1, MAX_DURATION);
  const tokenSize = violations.integer('MinimumSessionTokenSize', 0, 4096);
  violations.text('ScopedSessionDescription', { maximum: 256 });
  violations.check();
  if (policy === undefined && duration === undefined) {
    throw new StsError('ValidationError', 'Either Policy or DurationSeconds must be specified.');
  }
  const now = clock.now();
  const remaining = caller.expires - now;
  if (duration !== undefined && duration > remaining) throw new StsError('InsufficientSessionLifetime');
  if (policy !== undefined && caller.scopedPolicies.length === MAX_SCOPED_POLICIES) {
    throw new StsError(
      'AccessDenied',
      `User: ${caller.arn} is not authorized to perform: sts:GetScopedCredentials because the session already has ${MAX_SCOPED_POLICIES} scope-down policies`,
    );
  }
  const scopedPolicies = policy === undefined ? caller.scopedPolicies : [...caller.scopedPolicies, parsePolicy(policy)];
  const session = sessions.open(
    { ...caller, action: 'GetScopedCredentials', durationSeconds: duration ?? remaining, scopedPolicies },
    tokenSize,
    now + (duration ?? remaining),
  );
  return {
    ...credentialElements(session),
    SessionInfo: { ScopedSessionId: session.userId, Arn: session.arn },
    ScopedPoliciesCount: scopedPolicies.length,
    SourceIdentity: session.sourceIdentity,
  };
}
