import { Readable } from 'node:stream';
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { AssumedCredentials } from './assumed-credentials.ts';
import type { Answer } from './failure.ts';
import type { IdentityToken } from './identity-token.ts';
import type { StsEndpoint } from './options.ts';
import { printable } from './text.ts';
import { type HttpAnswer, type Transport, TransportError } from './transport.ts';

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
  readonly answer: Answer;
  /** Whether what came was an answer of AWS STS at all. */
  readonly fromSts: boolean;
  /** From the `Retry-After` header, milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(answer: Answer, fromSts: boolean, retryAfter: number | undefined) {
    super(answer.message ?? answer.code ?? 'no message');
    this.name = 'StsError';
    this.answer = answer;
    this.fromSts = fromSts;
    this.retryAfter = retryAfter;
  }
}

/**
 * AWS STS at one endpoint, one try a call: repeating is the caller's.
 *
 * Every setting that the SDK would otherwise look up in the environment or in `~/.aws` is given here, so that nothing
 * on the machine changes what is sent, and no other credentials are ever found.
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
    const command = new AssumeRoleWithWebIdentityCommand({ ...inputOf(request), WebIdentityToken: token.reveal() });
    return this.#call(endpoint, undefined, signal, async (client) => client.send(command, { abortSignal: signal }));
  }

  /** Signed with the credentials of the session before. @throws StsError | TransportError */
  assumeRole(
    endpoint: StsEndpoint,
    credentials: AssumedCredentials,
    request: ChainedAssumeRequest,
    signal: AbortSignal,
  ): Promise<AssumedCredentials> {
    const tags = Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value }));
    const command = new AssumeRoleCommand({
      ...inputOf(request),
      ...(request.externalId === undefined ? {} : { ExternalId: request.externalId }),
      ...(tags.length === 0 ? {} : { Tags: tags }),
    });
    return this.#call(endpoint, credentials, signal, async (client) => client.send(command, { abortSignal: signal }));
  }

  async #call(
    endpoint: StsEndpoint,
    credentials: AssumedCredentials | undefined,
    signal: AbortSignal,
    send: (client: STSClient) => Promise<SdkAnswer>,
  ): Promise<AssumedCredentials> {
    const handler = new TransportHandler(this.#transport, signal);
    const client = new STSClient({
      region: endpoint.region,
      endpoint: endpoint.url,
      credentials: async () => {
        if (credentials === undefined) throw new Error('this request is not signed');
        return {
          accessKeyId: credentials.accessKeyId,
          secretAccessKey: credentials.secretAccessKey.reveal(),
          sessionToken: credentials.sessionToken.reveal(),
        };
      },
      requestHandler: handler,
      maxAttempts: 1,
      retryMode: 'standard',
      defaultsMode: 'standard',
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
      authSchemePreference: [],
      sigv4aSigningRegionSet: [],
      userAgentAppId: '',
      defaultUserAgentProvider: async () => [],
      customUserAgent: this.#userAgent,
    });
    try {
      return credentialsOf(await send(client), endpoint);
    } catch (error) {
      if (error instanceof StsError || error instanceof TransportError || signal.aborted) throw error;
      throw stsErrorOf(error, handler.answer);
    } finally {
      client.destroy();
    }
  }
}

interface SdkAnswer {
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

function stsErrorOf(error: unknown, answer: HttpAnswer | undefined): StsError {
  const sdk = error as { name?: string; Code?: string; message?: string; $metadata?: { requestId?: string } };
  // Modelled errors are renamed by the SDK (`…Exception`); `Code` keeps what was on the wire.
  const code = sdk.Code ?? elementOf(answer, 'Code');
  const requestId = sdk.$metadata?.requestId ?? elementOf(answer, 'RequestId');
  return new StsError(
    {
      ...(answer === undefined ? {} : { status: answer.status }),
      ...(code === undefined ? {} : { code }),
      ...(requestId === undefined ? {} : { requestId }),
      message: code === undefined ? 'the answer could not be read' : (sdk.message ?? ''),
    },
    code !== undefined,
    retryAfterOf(answer),
  );
}

function elementOf(answer: HttpAnswer | undefined, name: 'Code' | 'RequestId'): string | undefined {
  return answer && new RegExp(`<${name}>([\\w.-]{1,100})</${name}>`).exec(answer.body.toString('utf8'))?.[1];
}

/** `Retry-After` in seconds or as a date (RFC 9110), in milliseconds. */
function retryAfterOf(answer: HttpAnswer | undefined): number | undefined {
  const value = answer?.headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.parse(answer?.headers['date'] ?? value));
}

/** The SDK's HTTP handler on top of our transport, so that there is one way out of this program. */
class TransportHandler {
  readonly #transport: Transport;
  readonly #signal: AbortSignal;
  /** The last answer, for what the SDK leaves out of its errors. */
  answer: HttpAnswer | undefined;

  constructor(transport: Transport, signal: AbortSignal) {
    this.#transport = transport;
    this.#signal = signal;
  }

  async handle(request: SdkRequest): Promise<{ response: SdkResponse }> {
    const port = request.port === undefined ? '' : `:${request.port}`;
    const answer = await this.#transport(
      {
        method: 'POST',
        url: new URL(`${request.protocol}//${request.hostname}${port}${request.path}`),
        headers: request.headers,
        body: String(request.body),
      },
      this.#signal,
    );
    this.answer = answer;
    refuseOtherThanSts(answer);
    return {
      response: { statusCode: answer.status, headers: { ...answer.headers }, body: Readable.from([answer.body]) },
    };
  }

  destroy(): void {}
  updateHttpClientConfig(): void {}
  httpHandlerConfigs(): Record<string, never> {
    return {};
  }
}

interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

interface SdkResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: Readable;
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
