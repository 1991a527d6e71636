import { ACCOUNT, type Answer, type Call, type Needed, type Service, type ServiceError } from './call.ts';
import { isSignedByAdmin } from './callers.ts';
import { forward } from './forward.ts';
import { QueryCall, queryAnswer, queryError } from './xml.ts';

/** STS, by the emulator. This cloud itself answers for the administrator. */
export class Sts implements Service {
  /** Port of the emulator while one runs. */
  emulatorPort: number | undefined;

  owns(host: string): boolean {
    return STS_HOSTS.includes(host);
  }

  /**
   * Permissions: everybody may ask for their identity, and a trust policy decides who may assume a role without AWS
   * credentials.
   */
  needs(call: Call): readonly Needed[] {
    const query = new QueryCall(call);
    return query.action === 'AssumeRole' ? [{ action: 'sts:AssumeRole', resource: query.get('RoleArn') }] : [];
  }

  answer(call: Call): Promise<Answer> | Answer {
    const isAdmin = isSignedByAdmin(call);
    if (!isAdmin && this.emulatorPort !== undefined) return forward(call, this.emulatorPort);
    const identity = { Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/admin`, UserId: 'AIDAADMIN' };
    return queryAnswer(new QueryCall(call).action, identity);
  }

  fail(error: ServiceError): Answer {
    return queryError(error);
  }
}

export const STS_HOSTS = ['sts.amazonaws.com', 'sts.eu-west-1.amazonaws.com'];
