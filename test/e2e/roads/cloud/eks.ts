/**
 * Simulates EKS: the description of a cluster, and the part of its Kubernetes API that a restart of a deployment needs.
 */
import { type Answer, type Call, type Needed, REGION, type Service, ServiceError, unknownCall } from './call.ts';
import { jsonError, notFound } from './xml.ts';

const CLUSTER = 'shop';
const ENDPOINT = `ABCDEF.gr7.${REGION}.eks.amazonaws.com`;
const DEPLOYMENT = '/apis/apps/v1/namespaces/default/deployments/web';

export class Eks implements Service {
  /** Certificate of the authority, PEM, for the kubeconfig. */
  ca = '';

  owns(host: string): boolean {
    return host === `eks.${REGION}.amazonaws.com`;
  }

  needs({ path }: Call): readonly Needed[] {
    return [{ action: 'eks:DescribeCluster', resource: `arn:aws:eks:${REGION}:123456789012:cluster/${nameIn(path)}` }];
  }

  answer({ path }: Call): Answer {
    const name = nameIn(path);
    if (name !== CLUSTER) return notFound('ResourceNotFoundException', name);
    const certificateAuthority = { data: Buffer.from(this.ca).toString('base64') };
    const arn = `arn:aws:eks:${REGION}:123456789012:cluster/${name}`;
    return json({ cluster: { name, arn, endpoint: `https://${ENDPOINT}`, status: 'ACTIVE', certificateAuthority } });
  }

  fail(error: ServiceError): Answer {
    return jsonError(error);
  }
}

export class Kubernetes implements Service {
  /** Annotations that clients wrote into the deployment. */
  readonly restarts: string[] = [];
  /** Roles with a session that signed the token of a request. */
  readonly callers = new Set<string>();
  readonly #roleOf: (call: Call) => Promise<string | undefined>;

  /** @param roleOf the role whose session signed a call to STS */
  constructor(roleOf: (call: Call) => Promise<string | undefined>) {
    this.#roleOf = roleOf;
  }

  owns(host: string): boolean {
    return host === ENDPOINT;
  }

  /** Kubernetes has its own permissions: the access entry of the role. */
  needs(): readonly Needed[] {
    return [];
  }

  async answer(call: Call): Promise<Answer> {
    const role = await this.#roleOf(signedUrl(call));
    if (role === undefined) throw new ServiceError('Unauthorized', 'Unauthorized', 401);
    this.callers.add(role);
    const { method, path, body } = call;
    if (path === DEPLOYMENT && method === 'PATCH') this.restarts.push(body.toString());
    return json(RESOURCES[path] ?? unknownCall(`Kubernetes' ${method} ${path}`));
  }

  fail({ code, message, status }: ServiceError): Answer {
    return json({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: code, message, code: status }, status);
  }
}

const PREFIX = 'Bearer k8s-aws-v1.';

/** The signed request to STS in a token of `aws eks get-token`, as a call. */
function signedUrl(call: Call): Call {
  const { authorization = '' } = call.headers;
  if (!authorization.startsWith(PREFIX)) throw new ServiceError('Unauthorized', 'Unauthorized', 401);
  const url = new URL(Buffer.from(authorization.slice(PREFIX.length), 'base64url').toString());
  const credential = url.searchParams.get('X-Amz-Credential') ?? '';
  const isWhoAmI = url.searchParams.get('Action') === 'GetCallerIdentity' && url.host.startsWith('sts.');
  if (!isWhoAmI) throw new ServiceError('Unauthorized', 'Unauthorized', 401);
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}`,
    'x-amz-security-token': url.searchParams.get('X-Amz-Security-Token') ?? '',
  };
  return { ...call, host: url.host, path: url.pathname, query: url.searchParams, headers };
}

const RESOURCES: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: [] },
  '/apis': {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [
      {
        name: 'apps',
        versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
        preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
      },
    ],
  },
  '/apis/apps/v1': {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: 'apps/v1',
    resources: [
      {
        name: 'deployments',
        singularName: 'deployment',
        namespaced: true,
        kind: 'Deployment',
        verbs: ['get', 'patch'],
      },
    ],
  },
  [DEPLOYMENT]: {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web' }] } },
    },
  },
};

function nameIn(path: string): string {
  return path.split('/').at(-1) ?? '';
}

function json(value: object, status = 200): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
