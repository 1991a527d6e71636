/** ECR: its API gives the password, and its registry is Debian's docker-registry behind that password. */
import { randomBytes } from 'node:crypto';
import {
  ACCOUNT,
  type Answer,
  type Call,
  type Needed,
  REGION,
  type Service,
  ServiceError,
  unknownCall,
} from './call.ts';
import { forward } from './forward.ts';
import { jsonAnswer, jsonError, jsonOperation } from './xml.ts';

export const REGISTRY_HOST = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;

export class Ecr implements Service {
  readonly repositories = new Set<string>();
  /** The password of GetAuthorizationToken. */
  readonly password = randomBytes(30).toString('base64');

  owns(host: string): boolean {
    return host === `api.ecr.${REGION}.amazonaws.com`;
  }

  needs(call: Call): readonly Needed[] {
    return [{ action: `ecr:${jsonOperation(call)}`, resource: '*' }];
  }

  answer(call: Call): Answer {
    if (jsonOperation(call) !== 'GetAuthorizationToken') return unknownCall(`ecr:${jsonOperation(call)}`);
    const authorizationToken = Buffer.from(`AWS:${this.password}`).toString('base64');
    const expiresAt = Date.now() / 1000 + 43_200;
    return jsonAnswer({
      authorizationData: [{ authorizationToken, expiresAt, proxyEndpoint: `https://${REGISTRY_HOST}` }],
    });
  }

  fail(error: ServiceError): Answer {
    return jsonError(error);
  }
}

/** Registry requests as ECR's permissions call them. */
const OPERATIONS: readonly (readonly [method: RegExp, path: RegExp, actions: readonly string[]])[] = [
  [/HEAD/, /^\/v2\/(.+)\/blobs\/sha256:/, ['ecr:BatchCheckLayerAvailability']],
  [/GET/, /^\/v2\/(.+)\/blobs\/sha256:/, ['ecr:GetDownloadUrlForLayer']],
  [/POST/, /^\/v2\/(.+)\/blobs\/uploads\/$/, ['ecr:InitiateLayerUpload']],
  [/PATCH/, /^\/v2\/(.+)\/blobs\/uploads\/[^/]+$/, ['ecr:UploadLayerPart']],
  [/PUT/, /^\/v2\/(.+)\/blobs\/uploads\/[^/]+$/, ['ecr:CompleteLayerUpload']],
  [/GET|HEAD/, /^\/v2\/(.+)\/manifests\//, ['ecr:BatchGetImage']],
  [/PUT/, /^\/v2\/(.+)\/manifests\//, ['ecr:PutImage']],
];

export class Registry implements Service {
  readonly #ecr: Ecr;
  readonly #port: number;

  constructor(ecr: Ecr, port: number) {
    this.#ecr = ecr;
    this.#port = port;
  }

  owns(host: string): boolean {
    return host === REGISTRY_HOST;
  }

  needs(call: Call): readonly Needed[] {
    if (/^\/v2\/?$/.test(call.path)) return [];
    for (const [method, path, actions] of OPERATIONS) {
      const [, repository] = (method.test(call.method) && path.exec(call.path)) || [];
      if (repository === undefined) continue;
      return actions.map((action) => ({
        action,
        resource: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${repository}`,
      }));
    }
    return unknownCall(`the registry's ${call.method} ${call.path}`);
  }

  async answer(call: Call): Promise<Answer> {
    const [, repository] = /^\/v2\/(.+)\/(?:blobs|manifests)\//.exec(call.path) ?? [];
    if (repository !== undefined && !this.#ecr.repositories.has(repository)) {
      throw new ServiceError('NAME_UNKNOWN', `The repository with name '${repository}' does not exist`, 404);
    }
    return forward(call, this.#port);
  }

  fail({ code, message, status }: ServiceError): Answer {
    const challenge = `Basic realm="https://${REGISTRY_HOST}/",service="ecr.amazonaws.com"`;
    const headers = {
      'content-type': 'application/json',
      ...(status === 401 ? { 'www-authenticate': challenge } : {}),
    };
    return { status, headers, body: JSON.stringify({ errors: [{ code, message }] }) };
  }

  /** Whether a request carries the password that GetAuthorizationToken gave. */
  admits({ headers }: Call): boolean {
    return headers['authorization'] === `Basic ${Buffer.from(`AWS:${this.#ecr.password}`).toString('base64')}`;
  }

  async tags(repository: string): Promise<readonly string[]> {
    const answer = await fetch(`http://127.0.0.1:${this.#port}/v2/${repository}/tags/list`);
    return ((await answer.json()) as { tags?: readonly string[] }).tags ?? [];
  }
}
