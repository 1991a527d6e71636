import type { Incoming } from '../http/incoming.ts';
import { emptyReply, type Reply } from '../http/reply.ts';
import { assumeRole } from './assume-role.ts';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import { authenticate } from './authenticate.ts';
import { getCallerIdentity } from './get-caller-identity.ts';
import { queryRequest } from './query-request.ts';
import type { StsCall, StsParts } from './sts-call.ts';
import { StsError } from './sts-error.ts';
import { type Elements, errorReply, resultReply } from './xml.ts';

type Operation = (call: StsCall, parts: StsParts) => Promise<Elements> | Elements;

const version = '2011-06-15';

const operations: Readonly<Record<string, Operation>> = {
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
  AssumeRole: (call, parts) => assumeRole(call, authenticate(call.http, parts), parts),
  GetCallerIdentity: (call, parts) => getCallerIdentity(authenticate(call.http, parts)),
};

/** AWS STS over the Query protocol. Every refusal is an answer in AWS's XML; nothing is thrown. */
export async function sts(http: Incoming, sourceIp: string, parts: StsParts): Promise<Reply> {
  const query = queryRequest(http);
  const action = query.get('Action');
  // What the real endpoint does with a browser.
  if (action === undefined) return emptyReply(302, { location: 'https://aws.amazon.com/iam' });
  try {
    const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
    const asked = query.get('Version') ?? 'NO_VERSION_SPECIFIED';
    if (operation === undefined || asked !== version) {
      throw new StsError('InvalidAction', `Could not find operation ${action} for version ${asked}`);
    }
    return resultReply(action, await operation({ http, query, sourceIp }, parts));
  } catch (error) {
    if (error instanceof StsError) return errorReply(error);
    throw error;
  }
}
