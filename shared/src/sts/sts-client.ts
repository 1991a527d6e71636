import { AssumeRole$, AssumeRoleWithWebIdentity$, errorTypeRegistries } from '@aws-sdk/client-sts';
import { AwsQueryProtocol } from '@aws-sdk/core/protocols';
import { HttpResponse } from '@smithy/core/protocols';
import { fromBase64, fromUtf8, toBase64, toUtf8 } from '@smithy/core/serde';
import type { Answer } from '../core/failure.ts';
import { printable } from '../core/text.ts';
import type { IdentityToken } from '../identity/identity-token.ts';
import { type HttpAnswer, retryAfterOf, type Transport } from '../net/transport.ts';
import type { StsEndpoint } from '../options/options.ts';
import { AssumedCredentials } from './assumed-credentials.ts';

/** What both ways of assuming a role have in common. */
export interface AssumeRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  /** Seconds. */
  readonly durationSeconds: number;
  readonly sessionPolicy: string | undefined;
  readonly sessionPolicyArns: readonly string[];
}

export interface ChainedAssumeRequest extends AssumeRequest {
  readonly externalId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** AWS STS refused, or something else answered in its place. */
export class StsError extends Error {
  readonly answer: Answer & { readonly message: string };
  /** Whether what came was an answer of AWS STS at all. */
  readonly fromSts: boolean;
  /** From the `Retry-After` header, milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(answer: Answer & { readonly message: string }, fromSts: boolean, retryAfter: number | undefined) {
    super(answer.message);
    this.name = 'StsError';
    this.answer = answer;
    this.fromSts = fromSts;
    this.retryAfter = retryAfter;
  }
}

/** The wire format of STS as the SDK knows it: its operations, its errors, and the Query protocol they travel by. */
const PROTOCOL = new AwsQueryProtocol({
  defaultNamespace: 'com.amazonaws.sts',
  errorTypeRegistries,
  xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  version: '2011-06-15',
});

/**
 * AWS STS at one endpoint, one try a call: repeating is the caller's.
 *
 * The requests are the SDK's, its client is not: that would look for settings and credentials in the environment and in
 * `~/.aws`, and cost half of the time that a run takes. Nothing on the machine changes what is sent.
 */
export class Sts {
  readonly #transport: Transport;
  readonly #userAgent: string;

  constructor(transport: Transport, userAgent: string) {
    this.#transport = transport;
    this.#userAgent = userAgent;
  }

  /** Unsigned: the token is the proof. @throws StsError | TransportError */
  assumeRoleWithWebIdentity(
    endpoint: StsEndpoint,
    token: IdentityToken,
    request: AssumeRequest,
    signal: AbortSignal,
  ): Promise<AssumedCredentials> {
    const input = { ...inputOf(request), WebIdentityToken: token.reveal() };
    return this.#call(AssumeRoleWithWebIdentity$, input, endpoint, signal, async (unsigned) => unsigned.headers);
  }

  /** Signed with the credentials of the session before. @throws StsError | TransportError */
  assumeRole(
    endpoint: StsEndpoint,
    credentials: AssumedCredentials,
    request: ChainedAssumeRequest,
    signal: AbortSignal,
  ): Promise<AssumedCredentials> {
    const tags = Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value }));
    const input = {
      ...inputOf(request),
      ExternalId: request.externalId,
      ...(tags.length === 0 ? {} : { Tags: tags }),
    };
    return this.#call(AssumeRole$, input, endpoint, signal, (unsigned) => signed(unsigned, endpoint, credentials));
  }

  async #call(
    [, namespace, name, traits, inputShape, outputShape]: typeof AssumeRole$,
    input: object,
    endpoint: StsEndpoint,
    signal: AbortSignal,
    headersOf: (unsigned: SdkRequest) => Promise<Record<string, string>>,
  ): Promise<AssumedCredentials> {
    const operation = { namespace, name, traits, input: inputShape, output: outputShape } as Operation;
    const url = new URL(endpoint.url);
    const context = contextAt(url);
    const request = await PROTOCOL.serializeRequest(operation, input, context);
    request.headers['host'] = url.host;
    request.headers['user-agent'] = this.#userAgent;
    const answer = await this.#transport(
      {
        method: 'POST',
        url: new URL(request.path, url),
        headers: await headersOf(request),
        body: String(request.body),
      },
      signal,
    );
    refuseOtherThanSts(answer);
    // A copy: the SDK changes what it is given.
    const response = { statusCode: answer.status, headers: { ...answer.headers }, body: new Uint8Array(answer.body) };
    let output: SdkAnswer;
    try {
      output = await PROTOCOL.deserializeResponse(operation, context, new HttpResponse(response));
    } catch (error) {
      throw stsErrorOf(error, answer);
    }
    return credentialsOf(output, endpoint);
  }
}

/** What the SDK's codec asks its surroundings for. */
function contextAt(url: URL): Parameters<AwsQueryProtocol['serializeRequest']>[2] {
  const { protocol, hostname, pathname } = url;
  return {
    endpoint: async () => ({ protocol, hostname, path: pathname }),
    base64Encoder: toBase64,
    base64Decoder: fromBase64,
    utf8Encoder: toUtf8,
    utf8Decoder: fromUtf8,
    streamCollector: async (body: Uint8Array) => body,
  };
}

/** AWS Signature Version 4, loaded only for a chain. */
async function signed(
  request: SdkRequest,
  endpoint: StsEndpoint,
  credentials: AssumedCredentials,
): Promise<Record<string, string>> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const { Sha256 } = await import('@smithy/core/checksum');
  const signer = new SignatureV4({
    service: 'sts',
    region: endpoint.region,
    sha256: Sha256,
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey.reveal(),
      sessionToken: credentials.sessionToken.reveal(),
    },
  });
  return (await signer.sign(request)).headers;
}

type Operation = Parameters<AwsQueryProtocol['serializeRequest']>[0];
type SdkRequest = Awaited<ReturnType<AwsQueryProtocol['serializeRequest']>>;

interface SdkAnswer {
  readonly $metadata: object;
  readonly Credentials?:
    | {
        readonly AccessKeyId: string | undefined;
        readonly SecretAccessKey: string | undefined;
        readonly SessionToken: string | undefined;
        readonly Expiration: Date | undefined;
      }
    | undefined;
  readonly AssumedRoleUser?: { readonly Arn: string | undefined } | undefined;
}

function inputOf(request: AssumeRequest) {
  return {
    RoleArn: request.roleArn,
    RoleSessionName: request.sessionName,
    DurationSeconds: request.durationSeconds,
    ...(request.sessionPolicy === undefined ? {} : { Policy: request.sessionPolicy }),
    ...(request.sessionPolicyArns.length === 0
      ? {}
      : { PolicyArns: request.sessionPolicyArns.map((arn) => ({ arn })) }),
  };
}

function credentialsOf(answer: SdkAnswer, endpoint: StsEndpoint): AssumedCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
  const assumedRoleArn = answer.AssumedRoleUser?.Arn;
  const incomplete = new StsError(
    { status: 200, message: 'the answer holds no complete credentials' },
    false,
    undefined,
  );
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration || !assumedRoleArn) throw incomplete;
  // They go into environments, files and commands as single words; AWS's never hold anything else.
  const words = [AccessKeyId, SecretAccessKey, SessionToken, assumedRoleArn];
  if (Number.isNaN(Expiration.getTime()) || !words.every((word) => /^[\u0021-\u007e]+$/.test(word))) throw incomplete;
  return new AssumedCredentials({
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
    assumedRoleArn,
    endpoint: endpoint.url,
  });
}

function stsErrorOf(error: unknown, answer: HttpAnswer): StsError {
  const sdk = error as { Code?: string; message: string; $metadata?: { requestId?: string } };
  // Modelled errors are renamed by the SDK (`…Exception`); `Code` keeps what was on the wire.
  const code = sdk.Code ?? elementOf(answer, 'Code');
  const requestId = sdk.$metadata?.requestId ?? elementOf(answer, 'RequestId');
  return new StsError(
    {
      status: answer.status,
      ...(code === undefined ? {} : { code }),
      ...(requestId === undefined ? {} : { requestId }),
      message: code === undefined ? 'the answer could not be read' : sdk.message,
    },
    code !== undefined,
    retryAfterOf(answer),
  );
}

function elementOf(answer: HttpAnswer, name: 'Code' | 'RequestId'): string | undefined {
  return new RegExp(`<${name}>([\\w.-]{1,100})</${name}>`).exec(answer.body.toString('utf8'))?.[1];
}

/** STS answers in XML of its own; a page of a proxy, a sign-in form or JSON is somebody else's. */
function refuseOtherThanSts(answer: HttpAnswer): void {
  const text = answer.body.toString('utf8', 0, 2000);
  if (/^\s*(?:<\?xml[^>]*>\s*)?<(?:ErrorResponse|AssumeRole\w*Response|ServiceUnavailableException)\b/.test(text))
    return;
  const shown = text.trim() === '' ? 'an empty answer' : `an answer that begins: ${printable(text, 160)}`;
  throw new StsError(
    {
      status: answer.status,
      message: `${shown}${answer.headers['server'] ? ` (server: ${printable(answer.headers['server'], 60)})` : ''}`,
    },
    false,
    retryAfterOf(answer),
  );
}
