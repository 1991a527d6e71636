import { randomBytes } from 'node:crypto';
import { ACCOUNT, type Answer, type Call, type Needed, type Service, type ServiceError, unknownCall } from './call.ts';
import { notFound, restError, toXml } from './xml.ts';

const INVALIDATIONS = /^\/2020-05-31\/distribution\/(\w+)\/invalidation$/;

/** CloudFront's invalidations. */
export class CloudFront implements Service {
  /** Invalidated paths by distribution. */
  readonly distributions = new Map<string, string[]>();

  owns(host: string): boolean {
    return host === 'cloudfront.amazonaws.com';
  }

  needs(call: Call): readonly Needed[] {
    const resource = `arn:aws:cloudfront::${ACCOUNT}:distribution/${distributionOf(call)}`;
    return [{ action: 'cloudfront:CreateInvalidation', resource }];
  }

  answer(call: Call): Answer {
    const distribution = distributionOf(call);
    const entry = this.distributions.get(distribution) ?? notFound('NoSuchDistribution', distribution);
    const body = call.body.toString();
    const paths = [...body.matchAll(/<Path>([^<]*)<\/Path>/g)].map(([, path = '']) => path);
    const [, reference = ''] = /<CallerReference>([^<]*)</.exec(body) ?? [];
    entry.push(...paths);
    const batch = { Paths: { Quantity: paths.length, Items: { Path: paths.join() } }, CallerReference: reference };
    const invalidation = {
      Id: 'I1',
      Status: 'InProgress',
      CreateTime: '2026-01-01T00:00:00Z',
      InvalidationBatch: batch,
    };
    return { status: 201, headers: { 'content-type': 'text/xml' }, body: toXml({ Invalidation: invalidation }) };
  }

  fail(error: ServiceError): Answer {
    const { status, headers = {}, body } = restError(error);
    return { status, headers, body: `<ErrorResponse>${body}</ErrorResponse>` };
  }

  /** @returns its id */
  createDistribution(): string {
    const id = `E${randomBytes(6).toString('hex').toUpperCase()}`;
    this.distributions.set(id, []);
    return id;
  }
}

function distributionOf({ method, path }: Call): string {
  const [, distribution] = (method === 'POST' && INVALIDATIONS.exec(path)) || [];
  return distribution ?? unknownCall(`CloudFront's ${method} ${path}`);
}
