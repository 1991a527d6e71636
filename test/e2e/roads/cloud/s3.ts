/** S3, by fauxqs, an independent simulation. */
import { type Answer, type Call, type Needed, REGION, type Service, type ServiceError, unknownCall } from './call.ts';
import { forward } from './forward.ts';
import { notFound, restError } from './xml.ts';

const HOST = /^(?:(.+)\.)?s3(?:\.[a-z]+-[a-z]+-\d)?\.amazonaws\.com$/;

const NO_ENCRYPTION = `<?xml version="1.0" encoding="UTF-8"?>
<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`;
const LOCATION = `<?xml version="1.0" encoding="UTF-8"?>
<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${REGION}</LocationConstraint>`;

interface Address {
  readonly bucket: string;
  readonly key: string;
}

export class S3 implements Service {
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  owns(host: string): boolean {
    return HOST.test(host);
  }

  needs(call: Call): readonly Needed[] {
    const { bucket, key } = address(call);
    const [onBucket, onObject] = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/${key}`];
    const { method, query } = call;
    if (key !== '') return [{ action: objectAction(call), resource: onObject }];
    if (bucket === '') return [{ action: 's3:ListAllMyBuckets', resource: '*' }];
    if (method === 'POST' && query.has('delete')) {
      const keys = [...call.body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, one = '']) => one);
      return keys.map((one) => ({ action: 's3:DeleteObject', resource: `${onBucket}/${one}` }));
    }
    if (method === 'GET' && query.has('location')) return [{ action: 's3:GetBucketLocation', resource: onBucket }];
    if (method === 'GET' && query.has('encryption'))
      return [{ action: 's3:GetEncryptionConfiguration', resource: onBucket }];
    if (method === 'GET' || method === 'HEAD') return [{ action: 's3:ListBucket', resource: onBucket }];
    return [{ action: method === 'PUT' ? 's3:CreateBucket' : 's3:DeleteBucket', resource: onBucket }];
  }

  answer(call: Call): Promise<Answer> | Answer {
    const { key } = address(call);
    const xml = { 'content-type': 'application/xml' };
    if (key === '' && call.query.has('encryption')) return { status: 200, headers: xml, body: NO_ENCRYPTION };
    if (key === '' && call.query.has('location')) return { status: 200, headers: xml, body: LOCATION };
    return forward(call, this.#port);
  }

  fail(error: ServiceError): Answer {
    return restError(error);
  }

  async createBucket(bucket: string): Promise<void> {
    await this.#ask('PUT', `/${bucket}`);
  }

  /** An object that a call names by its address. */
  async read(url: URL): Promise<string> {
    const { bucket, key } = address({ host: url.host, path: url.pathname });
    return (await this.#ask('GET', `/${bucket}/${key}`)) ?? notFound('NoSuchKey', url.href);
  }

  async #ask(method: string, path: string): Promise<string | undefined> {
    const answer = await fetch(`http://127.0.0.1:${this.#port}${path}`, { method, headers: SIGNED });
    return answer.ok ? await answer.text() : undefined;
  }
}

/** Headers that address S3: a server for several services decides by the scope of the signature. */
const SIGNED = { authorization: `AWS4-HMAC-SHA256 Credential=x/20260101/${REGION}/s3/aws4_request` };

/** Bucket in the host or first in the path. */
function address({ host, path }: Pick<Call, 'host' | 'path'>): Address {
  const [, hostBucket] = HOST.exec(host) ?? [];
  const [first = '', ...rest] = path.slice(1).split('/');
  if (hostBucket !== undefined) return { bucket: hostBucket, key: path.slice(1) };
  return { bucket: first, key: rest.join('/') };
}

function objectAction({ method, path, query }: Call): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return 's3:GetObject';
    case 'DELETE':
      return query.has('uploadId') ? 's3:AbortMultipartUpload' : 's3:DeleteObject';
    case 'PUT':
    case 'POST':
      return 's3:PutObject';
    default:
      return unknownCall(`S3's ${method} ${path}`);
  }
}
