import type { Iam } from './iam.ts';
import type { Session } from './sessions.ts';
import { isoSeconds } from './sessions.ts';
import type { StsCall } from './sts-call.ts';
import { StsError } from './sts-error.ts';
import type { Elements } from './xml.ts';

/** Creation time of roles, which the emulator does not know. */
const CREATED = isoSeconds(0);

/**
 * Returns a role of the caller's account, as IAM's GetRole does: its trust policy is percent-encoded JSON (RFC 3986).
 * The caller's permission is checked before the existence of the role.
 *
 * @throws StsError
 */
export function getRole({ query }: StsCall, caller: Session, iam: Iam): Elements {
  const name = query.get('RoleName') ?? '';
  if (!/^[\w+=,.@-]{1,64}$/.test(name)) {
    throw new StsError('ValidationError', 'The specified value for roleName is invalid.');
  }
  if (!caller.role.allowGetRole) {
    throw new StsError(
      'AccessDenied',
      `User: ${caller.arn} is not authorized to perform: iam:GetRole on resource: role ${name} because no identity-based policy allows the iam:GetRole action`,
    );
  }
  const role = iam.roleNamed(name, caller.role);
  if (role === undefined) throw new StsError('NoSuchEntity', `The role with name ${name} cannot be found.`);
  return {
    Role: {
      Path: role.path,
      RoleName: role.name,
      RoleId: role.id,
      Arn: role.arn,
      CreateDate: CREATED,
      AssumeRolePolicyDocument: percentEncoded(JSON.stringify(role.trustPolicy)),
      MaxSessionDuration: role.maxSessionDuration,
    },
  };
}

/** Encodes everything except RFC 3986's unreserved characters, as IAM does. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
