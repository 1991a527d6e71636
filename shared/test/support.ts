import { randomBytes } from 'node:crypto';
import type { CiSystem } from '../src/ci-system.ts';
import type { Environment } from '../src/core/environment.ts';
import { IdentityToken } from '../src/identity/identity-token.ts';
import type { KnownRun } from '../src/identity/run-identity.ts';
import type { ProxyFor } from '../src/net/proxy.ts';
import type { HttpAnswer, HttpRequest } from '../src/net/transport.ts';
import { mapOptions, type RawOptions } from '../src/options/keys.ts';
import type { OptionKey } from '../src/options/table.ts';
import type { Runtime } from '../src/runtime.ts';
import type { Session } from '../src/sts/assumed-credentials.ts';

export const ROLE = 'arn:aws:iam::123456789012:role/deploy';
export const NOW = new Date('2026-03-01T12:00:00Z');

/** An unsigned token. These tests read it, and none verifies it. */
export function tokenText(claims: Record<string, unknown> = {}): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = NOW.getTime() / 1000;
  const defaults = {
    iss: 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
    aud: 'ari:cloud:bitbucket::workspace/11111111-2222-3333-4444-555555555555',
    sub: '{66666666-7777-8888-9999-000000000000}:{1f0c9a2b-1111-4222-8333-444455556666}',
    iat: seconds - 10,
    exp: seconds + 3590,
  };
  return `${part({ alg: 'RS256' })}.${part({ ...defaults, ...claims })}.${randomBytes(64).toString('base64url')}`;
}

export function rawOptions(values: Partial<Record<OptionKey, string>>): RawOptions {
  const all: Partial<Record<OptionKey, string>> = { roleArn: ROLE, region: 'eu-west-1', ...values };
  return mapOptions((key) => ({ name: key, value: all[key] }));
}

/** A CI system that records its calls. */
export class RecordingSystem implements CiSystem {
  readonly name = 'Test';
  knownRun: KnownRun = {
    identity: { system: 'bitbucket', owner: 'acme', repository: 'shop', build: '7', step: '{abcdef01-0000}' },
    signed: { owner: 'acme', repository: 'shop', build: '7', branch: 'main' },
  };
  readonly renewsToken: boolean;
  readonly lines: string[] = [];
  readonly debugLines: string[] = [];
  readonly masked: string[] = [];
  readonly tokensGiven: IdentityToken[] = [];
  published: readonly Session[] | undefined;
  readonly #claims: Record<string, unknown>;

  constructor(claims: Record<string, unknown> = {}, renewsToken = false) {
    this.#claims = claims;
    this.renewsToken = renewsToken;
  }

  readonly log = {
    info: (text: string) => void this.lines.push(text),
    warning: (text: string) => void this.lines.push(`warning: ${text}`),
    debug: (text: string) => void this.debugLines.push(text),
    mask: (secret: { reveal(): string }) => void this.masked.push(secret.reveal()),
  };

  async identityToken(): Promise<IdentityToken> {
    const token = IdentityToken.parse(tokenText(this.#claims));
    this.tokensGiven.push(token);
    return token;
  }

  run(): KnownRun {
    return this.knownRun;
  }

  async publish(sessions: readonly Session[]): Promise<{ lines: string[] }> {
    this.published = sessions;
    return { lines: ['published'] };
  }
}

export type Scripted = HttpAnswer | Error | ((request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>);

/** Runtime that touches nothing: answers come from the script; waits are noted, and pass at once. */
export class ScriptedRuntime implements Runtime {
  readonly requests: HttpRequest[] = [];
  readonly waits: number[] = [];
  readonly userAgent = 'test/1';
  readonly cancelled: AbortSignal;
  readonly files: Record<string, string> = {};
  environment: Environment = {};
  proxyFor: ProxyFor = () => undefined;
  transportBy = () => this.transport;
  #script: Scripted[];

  constructor(script: Scripted[], cancelled = new AbortController().signal) {
    this.#script = script;
    this.cancelled = cancelled;
  }

  readonly transport = async (request: HttpRequest): Promise<HttpAnswer> => {
    this.requests.push(request);
    const [next, ...rest] = this.#script;
    if (rest.length > 0) this.#script = rest;
    if (next === undefined) throw new Error('the script is at its end');
    if (next instanceof Error) throw next;
    return typeof next === 'function' ? next(request) : next;
  };

  /** Form fields of the n-th request. */
  form(n: number): URLSearchParams {
    return new URLSearchParams(this.requests[n]?.body ?? '');
  }

  now = () => NOW;
  random = () => 0.5;
  sleep = async (milliseconds: number) => void this.waits.push(milliseconds);
  /** Time that passes only by waiting. */
  deadline = (milliseconds: number) => ({
    signal: new AbortController().signal,
    timeLeft: () => milliseconds - this.waits.reduce((sum, wait) => sum + wait, 0),
  });
  readTextFile = async (path: string) => {
    const text = this.files[path];
    if (text === undefined) throw Object.assign(new Error(`no such file, open '${path}'`), { code: 'ENOENT' });
    return text;
  };
}

export const SECRET_KEY = randomBytes(30).toString('base64');
export const SESSION_TOKEN = randomBytes(300).toString('base64');

export function success(request: HttpRequest): HttpAnswer {
  const form = new URLSearchParams(request.body ?? '');
  const action = form.get('Action') ?? '';
  const [, partition, account, role] =
    /^arn:([\w-]+):iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(form.get('RoleArn') ?? '') ?? [];
  return xml(
    200,
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><AssumedRoleUser><AssumedRoleId>AROATEST:x</AssumedRoleId><Arn>arn:${partition}:sts::${account}:assumed-role/${role}/${form.get('RoleSessionName')}</Arn></AssumedRoleUser><Credentials><AccessKeyId>EXAMPLEKEYIDOFATEST</AccessKeyId><SecretAccessKey>${SECRET_KEY}</SecretAccessKey><SessionToken>${SESSION_TOKEN}</SessionToken><Expiration>2026-03-01T13:00:00Z</Expiration></Credentials></${action}Result><ResponseMetadata><RequestId>req-1</RequestId></ResponseMetadata></${action}Response>`,
  );
}

export function refusal(status: number, code: string, message: string): HttpAnswer {
  return xml(
    status,
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>req-2</RequestId></ErrorResponse>`,
  );
}

export function xml(status: number, body: string, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers: { 'content-type': 'text/xml', ...headers }, body: Buffer.from(body) };
}
