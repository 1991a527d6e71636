import type { Incoming } from '../http/incoming.ts';
import { emptyReply, type Reply } from '../http/reply.ts';
import { assumeRole } from './assume-role.ts';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import { authenticate } from './authenticate.ts';
import { getCallerIdentity } from './get-caller-identity.ts';
import { getScopedCredentials } from './get-scoped-credentials.ts';
import { QueryRequest } from './query-request.ts';
import type { StsCall, StsParts } from './sts-call.ts';
import { StsError } from './sts-error.ts';
import { type Elements, errorReply, resultReply } from './xml.ts';

type Operation = (call: StsCall, parts: StsParts) => Promise<Elements> | Elements;

const API_VERSION = '2011-06-15';

const OPERATIONS: Readonly<Record<string, Operation>> = {
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
  AssumeRole: (call, parts) => assumeRole(call, authenticate(call.http, parts), parts),
  GetScopedCredentials: (call, parts) => getScopedCredentials(call, authenticate(call.http, parts), parts),
  GetCallerIdentity: (call, parts) => getCallerIdentity(authenticate(call.http, parts)),
};

/** Answers a request to AWS STS in the Query protocol. Errors are answers in AWS's XML too. */
export async function sts(http: Incoming, sourceIp: string, parts: StsParts): Promise<Reply> {
  const query = new QueryRequest(http);
  const action = query.get('Action');
  // The real endpoint redirects browsers like this.
  if (action === undefined) return emptyReply(302, { location: 'https://aws.amazon.com/iam' });
  try {
    const operation = Object.hasOwn(OPERATIONS, action) ? OPERATIONS[action] : undefined;
    const version = query.get('Version') ?? 'NO_VERSION_SPECIFIED';
    if (operation === undefined || version !== API_VERSION) {
      throw new StsError('InvalidAction', `Could not find operation ${action} for version ${version}`);
    }
    return resultReply(action, await operation({ http, query, sourceIp }, parts));
  } catch (error) {
    if (error instanceof StsError) return errorReply(error);
    throw error;
  }
}
