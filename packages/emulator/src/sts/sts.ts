import type { Incoming } from '../http/incoming.ts';
import { emptyReply, type Reply } from '../http/reply.ts';
import { assumeRole } from './assume-role.ts';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import { authenticate } from './authenticate.ts';
import { getCallerIdentity } from './get-caller-identity.ts';
import { getRole } from './get-role.ts';
import { getScopedCredentials } from './get-scoped-credentials.ts';
import { QueryRequest } from './query-request.ts';
import type { StsCall, StsParts } from './sts-call.ts';
import { StsError } from './sts-error.ts';
import { type Elements, errorReply, resultReply, STS_NAMESPACE } from './xml.ts';

type Operation = (call: StsCall, parts: StsParts) => Promise<Elements> | Elements;

/** A service by the version of its API. */
interface Service {
  /** Namespace of its answers. */
  readonly namespace: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

const STS: Service = {
  namespace: STS_NAMESPACE,
  operations: {
    AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
    AssumeRole: (call, parts) => assumeRole(call, authenticate(call.http, parts), parts),
    GetScopedCredentials: (call, parts) => getScopedCredentials(call, authenticate(call.http, parts), parts),
    GetCallerIdentity: (call, parts) => getCallerIdentity(authenticate(call.http, parts)),
  },
};

const SERVICES: Readonly<Record<string, Service>> = {
  '2011-06-15': STS,
  // IAM, of which a user of the emulator needs only the trust policy of a role.
  '2010-05-08': {
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    operations: { GetRole: (call, parts) => getRole(call, authenticate(call.http, parts, 'iam'), parts.iam) },
  },
};

/** Answers a request to AWS STS or IAM in the Query protocol. Errors are answers in AWS's XML too. */
export async function sts(http: Incoming, sourceIp: string, parts: StsParts): Promise<Reply> {
  const query = new QueryRequest(http);
  const action = query.get('Action');
  // The real endpoint redirects browsers like this.
  if (action === undefined) return emptyReply(302, { location: 'https://aws.amazon.com/iam' });
  const version = query.get('Version') ?? 'NO_VERSION_SPECIFIED';
  const service = Object.hasOwn(SERVICES, version) ? SERVICES[version] : undefined;
  const { namespace, operations } = service ?? { ...STS, operations: {} };
  try {
    const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
    if (operation === undefined) {
      throw new StsError('InvalidAction', `Could not find operation ${action} for version ${version}`);
    }
    return resultReply(action, await operation({ http, query, sourceIp }, parts), namespace);
  } catch (error) {
    if (error instanceof StsError) return errorReply(error, namespace);
    throw error;
  }
}
