import { createHash, createHmac } from 'node:crypto';
import type { AssumedCredentials } from './assumed-credentials.ts';
import { percentEncode } from './query.ts';

/** A POST to STS before it is signed. Header names are in lower case. */
export interface UnsignedRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Result and circumstances of a signature. */
export interface SigningScope {
  readonly region: string;
  readonly now: Date;
}

/** A proxy may change these on the way (SDKs leave the same ones out). */
const UNSIGNED_HEADERS = new Set(['user-agent', 'connection', 'accept-encoding', 'content-length']);

/**
 * Returns the headers of a request to STS, signed by AWS Signature Version 4.
 *
 * Source: IAM user guide, "Create a signed AWS API request". The path is normalized by `URL`, and each segment is encoded
 * once more, as every service but S3 expects.
 */
export function signedHeaders(
  { url, headers, body }: UnsignedRequest,
  credentials: AssumedCredentials,
  { region, now }: SigningScope,
): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/sts/aws4_request`;
  const payloadHash = sha256(body);
  const all = {
    ...headers,
    'x-amz-date': time,
    'x-amz-security-token': credentials.sessionToken.reveal(),
    'x-amz-content-sha256': payloadHash,
  };
  const signed = Object.entries(all)
    .filter(([name]) => !UNSIGNED_HEADERS.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const canonicalRequest = [
    'POST',
    url.pathname.split('/').map(percentEncode).join('/'),
    '',
    ...signed.map(([name, value]) => `${name}:${value.trim().replace(/\s+/g, ' ')}`),
    '',
    names,
    payloadHash,
  ].join('\n');
  const key = [time.slice(0, 8), region, 'sts', 'aws4_request'].reduce<string | Buffer>(
    (previous, part) => hmac(previous, part),
    `AWS4${credentials.secretAccessKey.reveal()}`,
  );
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonicalRequest)}`).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...all, authorization };
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
