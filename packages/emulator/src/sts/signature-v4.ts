/**
 * Verification of AWS Signature Version 4. The signed text is rebuilt from the received request.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Incoming } from '../http/incoming.ts';
import { normalizedPath } from '../http/path.ts';
import { StsError } from './sts-error.ts';

export interface Authorization {
  readonly accessKeyId: string;
  /** `20260101`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** Largest difference between a signature's date and now, milliseconds. */
const TOLERANCE_MS = 15 * 60 * 1000;

/**
 * @throws StsError MissingAuthenticationToken or IncompleteSignature
 */
export function parseAuthorization(header: string | undefined): Authorization {
  if (header === undefined) throw new StsError('MissingAuthenticationToken');
  if (!header.startsWith(`${ALGORITHM} `)) throw new StsError('IncompleteSignature');
  const fields = new Map(
    header
      .slice(ALGORITHM.length)
      .split(',')
      .map((field) => {
        const [name = '', ...value] = field.trim().split('=');
        return [name, value.join('=')];
      }),
  );
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !fields.get(name));
  if (missing.length > 0) {
    throw new StsError(
      'IncompleteSignature',
      missing.map((name) => `Authorization header requires '${name}' parameter.`).join(' '),
    );
  }
  const scope = (fields.get('Credential') ?? '').split('/');
  const [accessKeyId = '', date = '', region = '', service = '', end] = scope;
  if (scope.length !== 5 || end !== 'aws4_request') {
    throw new StsError('IncompleteSignature', 'Credential must have exactly 5 slash-delimited elements.');
  }
  return {
    accessKeyId,
    date,
    region,
    service,
    signedHeaders: (fields.get('SignedHeaders') ?? '').split(';'),
    signature: fields.get('Signature') ?? '',
  };
}

/**
 * Checks the scope, which precedes the credentials. The emulator stands for every region and accepts any region's name.
 * @throws StsError SignatureDoesNotMatch
 */
export function checkScope({ region, service }: Authorization, expected: 'sts' | 'iam' = 'sts'): void {
  // AWS's texts end with a space.
  const problems = [
    /^[a-z]{2,4}(-[a-z]+)+-\d+$/.test(region) ? '' : 'Credential should be scoped to a valid region. ',
    service === expected ? '' : `Credential should be scoped to correct service: '${expected}'. `,
  ].join('');
  if (problems !== '') throw new StsError('SignatureDoesNotMatch', problems);
}

/**
 * @param now milliseconds since 1970 on the machine's clock
 * @throws StsError SignatureDoesNotMatch or IncompleteSignature
 */
export function checkSignature(request: Incoming, authorization: Authorization, secret: string, now: number): void {
  const date = signingDate(request);
  checkDate(date, authorization, now);
  checkSignedHeaders(request, authorization);
  const expected = signatureOf(request, authorization, secret, date);
  const signature = Buffer.from(authorization.signature, 'hex');
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    throw new StsError('SignatureDoesNotMatch');
  }
}

/** The correct signature. */
export function signatureOf(request: Incoming, authorization: Authorization, secret: string, date: string): Buffer {
  const { region, service } = authorization;
  const scope = `${authorization.date}/${region}/${service}/aws4_request`;
  const text = [ALGORITHM, date, scope, sha256(canonicalRequest(request, authorization.signedHeaders))].join('\n');
  const key = [authorization.date, region, service, 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${secret}`));
  return hmac(key, text);
}

function canonicalRequest(request: Incoming, signedHeaders: readonly string[]): string {
  return [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    ...signedHeaders.map((name) => `${name}:${headerValue(request, name)}`),
    '',
    signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
}

/** The signing date such as `20260101T120000Z`, from X-Amz-Date or Date. */
function signingDate({ headers }: Incoming): string {
  const amzDate = headers['x-amz-date'];
  if (typeof amzDate === 'string' && /^\d{8}T\d{6}Z$/.test(amzDate)) return amzDate;
  const date = amzDate === undefined ? Date.parse(headers.date ?? '') : Number.NaN;
  if (Number.isNaN(date)) {
    throw new StsError(
      'IncompleteSignature',
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  return basicIso(date);
}

function checkDate(date: string, authorization: Authorization, now: number): void {
  if (date.slice(0, 8) !== authorization.date) {
    throw new StsError(
      'SignatureDoesNotMatch',
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${authorization.date}' != '${date.slice(0, 8)}', from '${date}'.`,
    );
  }
  const earliest = basicIso(now - TOLERANCE_MS);
  const latest = basicIso(now + TOLERANCE_MS);
  // Dates in this form can be compared as strings.
  if (date < earliest) {
    throw new StsError(
      'SignatureDoesNotMatch',
      `Signature expired: ${date} is now earlier than ${earliest} (${basicIso(now)} - 15 min.)`,
    );
  }
  if (date > latest) {
    throw new StsError(
      'SignatureDoesNotMatch',
      `Signature not yet current: ${date} is still later than ${latest} (${basicIso(now)} + 15 min.)`,
    );
  }
}

/** Checks that `host` and every `x-amz-` header are signed. */
function checkSignedHeaders({ headers }: Incoming, { signedHeaders }: Authorization): void {
  const needed = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
  const missing = needed.filter((name) => !signedHeaders.includes(name));
  if (missing.length > 0) {
    const names = missing.map((name) => `'${name}'`).join(', ');
    throw new StsError('SignatureDoesNotMatch', `${names} must be a 'SignedHeader' in the AWS Authorization.`);
  }
}

/** Values of a header without superfluous spaces. Clients sign those of a repeated header joined by a comma only. */
function headerValue({ headers, headersDistinct }: Incoming, name: string): string {
  const values = headersDistinct?.[name] ?? headers[name] ?? '';
  return [values]
    .flat()
    .map((value) => value.trim().replace(/ +/g, ' '))
    .join(',');
}

/** The normalized path with every segment encoded once more, as for all services except S3. */
function canonicalPath(path: string): string {
  return normalizedPath(path).split('/').map(encode).join('/');
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const mark = pair.indexOf('=');
      const [name, value] = mark === -1 ? [pair, ''] : [pair.slice(0, mark), pair.slice(mark + 1)];
      return [recode(name), recode(value)] as const;
    })
    .sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function recode(text: string): string {
  try {
    return encode(decodeURIComponent(text));
  } catch {
    // Invalid percent-encoding, which no client signs.
    return text;
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function basicIso(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
