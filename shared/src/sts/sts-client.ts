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

/** Parameters that both ways of assuming a role share. */
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

/** Refusal by AWS STS, or an answer of something else in its place. */
export class StsError extends Error {
  readonly answer: Answer & { readonly message: string };
  /** Whether the answer came from AWS STS at all. */
  readonly fromSts: boolean;
  /** From the `Retry-After` header, milliseconds. */
  readonly retryAfter: number | undefined;

  constructor({
    answer,
    fromSts,
    retryAfter,
  }: Pick<StsError, 'answer' | 'fromSts'> & { retryAfter?: number | undefined }) {
    super(answer.message);
    this.name = 'StsError';
    this.answer = answer;
    this.fromSts = fromSts;
    this.retryAfter = retryAfter;
  }
}

/** Wire format of STS in the SDK: operations, errors, and the Query protocol. */
const PROTOCOL = new AwsQueryProtocol({
  defaultNamespace: 'com.amazonaws.sts',
  errorTypeRegistries,
  xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  version: '2011-06-15',
});

/**
 * Client of AWS STS. Each call is one attempt; the caller retries.
 *
 * The SDK encodes the requests, but its client is not used: it would read settings and credentials from the environment
 * and `~/.aws`, and take half of the time of a run. Nothing on the machine changes the requests.
 */
export class Sts {
  readonly #transport: Transport;
  readonly #userAgent: string;

  constructor(transport: Transport, userAgent: string) {
    this.#transport = transport;
    this.#userAgent = userAgent;
  }

  /** Sends an unsigned request: the token is the proof. @throws StsError | TransportError */
  assumeRoleWithWebIdentity(
    endpoint: StsEndpoint,
    token: IdentityToken,
    request: AssumeRequest,
    signal: AbortSignal,
  ): Promise<AssumedCredentials> {
    const input = { ...inputOf(request), WebIdentityToken: token.reveal() };
    return this.#call(AssumeRoleWithWebIdentity$, input, {
      endpoint,
      signal,
      headersOf: async ({ headers }) => headers,
    });
  }

  /** Sends a request signed with the credentials of the previous session. @throws StsError | TransportError */
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
    return this.#call(AssumeRole$, input, {
      endpoint,
      signal,
      headersOf: (unsigned) => signedHeaders(unsigned, endpoint, credentials),
    });
  }

  async #call(
    [, namespace, name, traits, inputShape, outputShape]: typeof AssumeRole$,
    input: object,
    { endpoint, signal, headersOf }: Sending,
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
    refuseForeignAnswer(answer);
    // A copy, because the SDK changes its argument.
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

/** Functions that the SDK's codec expects from its client. */
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

/** Signs with AWS Signature Version 4. The signer is loaded only for a chain. */
async function signedHeaders(
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

/** Destination of a request, and the headers it travels with. */
interface Sending {
  readonly endpoint: StsEndpoint;
  readonly signal: AbortSignal;
  headersOf(unsigned: SdkRequest): Promise<Record<string, string>>;
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
  const incomplete = new StsError({
    answer: { status: 200, message: 'the answer holds no complete credentials' },
    fromSts: false,
  });
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration || !assumedRoleArn) throw incomplete;
  // They become single words in environments, files and commands. Those of AWS never contain other characters.
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
  // The SDK renames modelled errors (`…Exception`); `Code` is the name on the wire.
  const code = sdk.Code ?? elementOf(answer, 'Code');
  const requestId = sdk.$metadata?.requestId ?? elementOf(answer, 'RequestId');
  return new StsError({
    answer: {
      status: answer.status,
      ...(code === undefined ? {} : { code }),
      ...(requestId === undefined ? {} : { requestId }),
      message: code === undefined ? 'the answer could not be read' : sdk.message,
    },
    fromSts: code !== undefined,
    retryAfter: retryAfterOf(answer),
  });
}

function elementOf(answer: HttpAnswer, name: 'Code' | 'RequestId'): string | undefined {
  return new RegExp(`<${name}>([\\w.-]{1,100})</${name}>`).exec(answer.body.toString('utf8'))?.[1];
}

/** Refuses an answer that is not XML of STS: a proxy's page, a sign-in form, JSON. @throws StsError */
function refuseForeignAnswer(answer: HttpAnswer): void {
  const text = answer.body.toString('utf8', 0, 2000);
  if (/^\s*(?:<\?xml[^>]*>\s*)?<(?:ErrorResponse|AssumeRole\w*Response|ServiceUnavailableException)\b/.test(text))
    return;
  const shown = text.trim() === '' ? 'an empty answer' : `an answer that begins: ${printable(text, 160)}`;
  const server = answer.headers['server'];
  throw new StsError({
    answer: {
      status: answer.status,
      message: server ? `${shown} (server: ${printable(server, 60)})` : shown,
    },
    fromSts: false,
    retryAfter: retryAfterOf(answer),
  });
}
