import type { Answer } from '../core/failure.ts';
import type { IdentityToken } from '../identity/identity-token.ts';
import { type HttpAnswer, retryAfterOf } from '../net/transport.ts';
import type { StsEndpoint } from '../options/options.ts';
import type { Runtime } from '../runtime.ts';
import { answerProblem } from './answer-check.ts';
import { AssumedCredentials } from './assumed-credentials.ts';
import { type QueryValue, queryBody } from './query.ts';
import { parseXml, textAt, type XmlElement } from './xml.ts';

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
  /** Wait that the `Retry-After` header demands, milliseconds. */
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

/**
 * Client of AWS STS. Each call is one attempt; the caller retries. Settings of the machine do not change the requests.
 */
export class Sts {
  readonly #runtime: Pick<Runtime, 'transport' | 'userAgent' | 'now'>;

  /** Latest time that a token proves, milliseconds, because the clock of this machine may be slow. */
  #provenTime = 0;

  constructor(runtime: Pick<Runtime, 'transport' | 'userAgent' | 'now'>) {
    this.#runtime = runtime;
  }

  /**
   * Sends an unsigned request, with the token as proof.
   *
   * @throws StsError | TransportError
   */
  assumeRoleWithWebIdentity(
    endpoint: StsEndpoint,
    token: IdentityToken,
    request: AssumeRequest,
    signal: AbortSignal,
  ): Promise<AssumedCredentials> {
    this.#provenTime = Math.max(this.#provenTime, token.issuedAt?.getTime() ?? 0);
    const parameters = { ...parametersOf(request), WebIdentityToken: token.reveal() };
    return this.#call('AssumeRoleWithWebIdentity', parameters, { endpoint, signal, question: request });
  }

  /** Sends a request signed with the credentials of the previous session. @throws StsError | TransportError */
  assumeRole(
    endpoint: StsEndpoint,
    signer: AssumedCredentials,
    request: ChainedAssumeRequest,
    signal: AbortSignal,
  ): Promise<AssumedCredentials> {
    const parameters = {
      ...parametersOf(request),
      ExternalId: request.externalId,
      Tags: Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value })),
    };
    return this.#call('AssumeRole', parameters, { endpoint, signal, signer, question: request });
  }

  async #call(
    action: string,
    parameters: Readonly<Record<string, QueryValue>>,
    { endpoint, signal, signer, question }: Sending,
  ): Promise<AssumedCredentials> {
    const { transport, userAgent, now } = this.#runtime;
    const url = new URL(endpoint.url);
    const body = queryBody(action, parameters);
    const unsigned = {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(Buffer.byteLength(body)),
      host: url.host,
      'user-agent': userAgent,
    };
    // Loads the signer, which only a chain needs.
    const headers =
      signer === undefined
        ? unsigned
        : (await import('./signature-v4.ts')).signedHeaders({ url, headers: unsigned, body }, signer, {
            region: endpoint.region,
            now: now(),
          });
    const answer = await transport({ method: 'POST', url, headers, body }, signal);
    refuseForeignAnswer(answer);
    const root = parseXml(answer.body.toString('utf8'));
    if (answer.status >= 300 || root?.name !== `${action}Response`) throw stsErrorOf(root, answer);
    const credentials = credentialsOf(root, `${action}Result`, endpoint);
    const time = new Date(Math.max(now().getTime(), this.#provenTime));
    const problem = answerProblem(credentials, question, time);
    if (problem !== undefined) throw unusable(`the answer ${problem}`);
    return credentials;
  }
}

/** Destination of a request, and the credentials that sign it. */
interface Sending {
  readonly endpoint: StsEndpoint;
  readonly signal: AbortSignal;
  readonly signer?: AssumedCredentials;
  readonly question: AssumeRequest;
}

function parametersOf(request: AssumeRequest): Readonly<Record<string, QueryValue>> {
  return {
    RoleArn: request.roleArn,
    RoleSessionName: request.sessionName,
    DurationSeconds: request.durationSeconds,
    Policy: request.sessionPolicy,
    PolicyArns: request.sessionPolicyArns.map((arn) => ({ arn })),
  };
}

function credentialsOf(root: XmlElement, result: string, endpoint: StsEndpoint): AssumedCredentials {
  const credential = (name: string) => textAt(root, result, 'Credentials', name);
  const accessKeyId = credential('AccessKeyId');
  const secretAccessKey = credential('SecretAccessKey');
  const sessionToken = credential('SessionToken');
  const expiration = expirationOf(credential('Expiration'));
  const assumedRoleArn = textAt(root, result, 'AssumedRoleUser', 'Arn');
  if (!accessKeyId || !secretAccessKey || !sessionToken || !expiration || !assumedRoleArn) {
    throw unusable('the answer holds no complete credentials');
  }
  return new AssumedCredentials({
    accessKeyId,
    secretAccessKey,
    sessionToken,
    expiration,
    assumedRoleArn,
    endpoint: endpoint.url,
  });
}

/** A well-formed answer whose credentials must not be used. */
function unusable(message: string): StsError {
  return new StsError({ answer: { status: 200, message }, fromSts: false });
}

/** A time as STS writes it, RFC 3339: `2026-03-01T13:00:00Z`. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

function expirationOf(text: string | undefined): Date | undefined {
  if (text === undefined || !TIME.test(text)) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function stsErrorOf(root: XmlElement | undefined, answer: HttpAnswer): StsError {
  // A truncated answer may still contain its code.
  const code = identifier(textAt(root, 'Error', 'Code')) ?? elementOf(answer, 'Code');
  const requestId = identifier(answer.headers['x-amzn-requestid']) ?? elementOf(answer, 'RequestId');
  const date = answer.headers['date'];
  return new StsError({
    answer: {
      status: answer.status,
      ...(code === undefined ? {} : { code }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(date === undefined || code === undefined ? {} : { date }),
      message: code === undefined ? 'the answer could not be read' : (textAt(root, 'Error', 'Message')?.trim() ?? ''),
    },
    fromSts: code !== undefined,
    retryAfter: retryAfterOf(answer),
  });
}

function elementOf(answer: HttpAnswer, name: 'Code' | 'RequestId'): string | undefined {
  return new RegExp(`<${name}>([\\w.-]{1,100})</${name}>`).exec(answer.body.toString('utf8'))?.[1];
}

function identifier(text: string | undefined): string | undefined {
  return text !== undefined && /^[\w.-]{1,100}$/.test(text) ? text : undefined;
}

/** Refuses an answer that is not XML of STS: a proxy's page, a sign-in form, JSON. @throws StsError */
function refuseForeignAnswer(answer: HttpAnswer): void {
  const text = answer.body.toString('utf8', 0, 2000);
  if (/^\s*(?:<\?xml[^>]*>\s*)?<(?:ErrorResponse|AssumeRole\w*Response|ServiceUnavailableException)\b/.test(text))
    return;
  const quoted = text.trim() === '' ? 'an empty answer' : beginningOf(text, answer.status);
  const server = answer.headers['server'];
  throw new StsError({
    answer: {
      status: answer.status,
      message: server ? `${quoted} (server: ${server.slice(0, 60)})` : quoted,
    },
    fromSts: false,
    retryAfter: retryAfterOf(answer),
  });
}

/** Quotes an answer, except a successful one that may contain new credentials in another form, such as JSON. */
function beginningOf(text: string, status: number): string {
  const isPage = /^\s*<(?:!doctype\s+html|html)\b/i.test(text);
  if (status < 300 && !isPage) return 'an answer in another form than that of STS';
  return `an answer that begins: ${text.slice(0, 160)}`;
}
