import { randomBytes } from 'node:crypto';
import type { Environment, Runtime, Secret, Transport } from '@aws-oidc-assume/shared';
import { Cancelled, type CapturedRun, type ChildRun, type CliContext, type Prompts } from '../src/context.ts';
import { run } from '../src/run.ts';

export const ROLE = 'arn:aws:iam::123456789012:role/deploy';
export const NOW = new Date('2026-03-01T12:00:00Z');

export const BITBUCKET = {
  iss: 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
  aud: 'ari:cloud:bitbucket::workspace/6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11',
  sub: '{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}:{1f0c9a2b-1111-4222-8333-444455556666}',
  branchName: 'main',
  iat: NOW.getTime() / 1000 - 10,
  exp: NOW.getTime() / 1000 + 3590,
};

/** An unsigned token, which these tests only read. */
export function tokenText(claims: Readonly<Record<string, unknown>> = {}): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', kid: 'key-1' })}.${part({ ...BITBUCKET, ...claims })}.${randomBytes(64).toString('base64url')}`;
}

export type HttpRequest = Parameters<Transport>[0];
export type HttpAnswer = Awaited<ReturnType<Transport>>;
export type Scripted = HttpAnswer | Error | ((request: HttpRequest) => HttpAnswer);

export function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
}

export interface FakeContextOptions {
  readonly env?: Environment;
  readonly platform?: NodeJS.Platform;
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly stdin?: string;
  readonly terminal?: boolean;
  readonly answers?: readonly Scripted[];
  readonly child?: (child: ChildRun) => Promise<number>;
  /** Result of a program whose output is kept. */
  readonly captured?: (child: ChildRun) => Promise<CapturedRun>;
  /** Answers of a user at a terminal, in order. The user leaves after the last one. */
  readonly replies?: readonly string[];
}

/** A context made of arguments: files, answers and environment come from them, and output is recorded. */
export class FakeContext implements CliContext {
  readonly version = '1.2.3';
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly requests: HttpRequest[] = [];
  readonly waits: number[] = [];
  readonly masked: Secret[] = [];
  readonly children: ChildRun[] = [];
  readonly writtenFiles = new Map<string, { readonly text: string; readonly mode: number }>();
  /** Questions that the user saw, and complaints about answers. */
  readonly dialog: string[] = [];
  readonly ask: Prompts | undefined;
  stdout = '';
  stderr = '';
  readonly out: CliContext['out'];
  readonly err: CliContext['err'];
  readonly #options: FakeContextOptions;
  #answers: readonly Scripted[];

  constructor(options: FakeContextOptions = {}) {
    this.#options = options;
    this.#answers = options.answers ?? [];
    this.env = options.env ?? {};
    this.platform = options.platform ?? 'linux';
    this.ask = options.replies === undefined ? undefined : this.#prompts([...options.replies]);
    const isTerminal = options.terminal ?? false;
    this.out = {
      isTerminal,
      write: (text) => {
        this.stdout += text;
      },
    };
    this.err = {
      isTerminal,
      write: (text) => {
        this.stderr += text;
      },
    };
  }

  now = () => NOW;
  proxyFor = () => undefined;
  mask = (secret: Secret) => void this.masked.push(secret);

  readFile = async (path: string): Promise<Buffer> => {
    const file = this.#options.files?.[path];
    if (file === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
    return Buffer.from(file);
  };

  exists = async (path: string) => this.#options.files?.[path] !== undefined || this.writtenFiles.has(path);

  writeNewFile = async (path: string, text: string, mode: number): Promise<void> => {
    if (await this.exists(path)) throw Object.assign(new Error(path), { code: 'EEXIST' });
    this.writtenFiles.set(path, { text, mode });
  };

  #prompts(replies: string[]): Prompts {
    const next = (message: string): string => {
      this.dialog.push(message);
      const reply = replies.shift();
      if (reply === undefined) throw new Cancelled();
      return reply;
    };
    return {
      text: async ({ message, isOptional, check }) => {
        for (;;) {
          const reply = next(message);
          const problem = reply === '' ? (isOptional === true ? undefined : 'missing') : check?.(reply);
          if (problem === undefined) return reply;
          this.dialog.push(problem);
        }
      },
      choose: async (message, choices) => {
        const reply = next(message);
        const choice = choices.find(({ value }) => value === reply);
        if (choice === undefined)
          throw new Error(`${reply} is not one of ${choices.map(({ value }) => value).join(', ')}`);
        return choice.value;
      },
    };
  }

  readStdin = async () => Buffer.from(this.#options.stdin ?? '');

  transport: Transport = async (request) => {
    this.requests.push(request);
    const [next, ...rest] = this.#answers;
    if (rest.length > 0) this.#answers = rest;
    if (next === undefined) throw new Error('no answer is prepared');
    if (next instanceof Error) throw next;
    return typeof next === 'function' ? next(request) : next;
  };

  runtime = (): Runtime => ({
    transport: this.transport,
    transportBy: () => this.transport,
    environment: this.env,
    proxyFor: this.proxyFor,
    now: this.now,
    random: () => 0.5,
    sleep: async (milliseconds) => void this.waits.push(milliseconds),
    readTextFile: async (path) => (await this.readFile(path)).toString('utf8'),
    deadline: (milliseconds) => ({ signal: new AbortController().signal, timeLeft: () => milliseconds }),
    cancelled: new AbortController().signal,
    userAgent: 'test/1',
  });

  capture = async (child: ChildRun): Promise<CapturedRun> => {
    this.children.push(child);
    return (await this.#options.captured?.(child)) ?? { status: 0, stdout: '', stderr: '' };
  };

  run = async (child: ChildRun): Promise<number> => {
    this.children.push(child);
    return (await this.#options.child?.(child)) ?? 0;
  };
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly context: FakeContext;
}

/** Runs a command line in such a context. */
export async function runCli(args: readonly string[], options: FakeContextOptions = {}): Promise<Ran> {
  const context = new FakeContext(options);
  const status = await run(args, context);
  return { status, stdout: context.stdout, stderr: context.stderr, context };
}

export const SECRET_KEY = randomBytes(30).toString('base64');
export const SESSION_TOKEN = randomBytes(300).toString('base64');

/** Answers of STS to a good request. */
export function assumed(request: HttpRequest): HttpAnswer {
  const form = new URLSearchParams(request.body ?? '');
  const session = form.get('RoleSessionName') ?? '';
  return answer(
    200,
    `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><AssumedRoleUser><AssumedRoleId>AROATEST:x</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/deploy/${session}</Arn></AssumedRoleUser><Credentials><AccessKeyId>EXAMPLEKEYIDOFATEST</AccessKeyId><SecretAccessKey>${SECRET_KEY}</SecretAccessKey><SessionToken>${SESSION_TOKEN}</SessionToken><Expiration>2026-03-01T13:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult><ResponseMetadata><RequestId>req-1</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>`,
    { 'content-type': 'text/xml' },
  );
}

/** A step of Bitbucket Pipelines with its token. */
export function bitbucketStep(claims: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  return {
    BITBUCKET_STEP_OIDC_TOKEN: tokenText(claims),
    BITBUCKET_WORKSPACE: 'acme',
    BITBUCKET_REPO_SLUG: 'shop',
    BITBUCKET_BUILD_NUMBER: '42',
    BITBUCKET_STEP_UUID: '{1f0c9a2b-1111-4222-8333-444455556666}',
    BITBUCKET_BRANCH: 'main',
  };
}

/** Trusts `BITBUCKET`. */
export const TRUST_POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: {
        Federated:
          'arn:aws:iam::123456789012:oidc-provider/api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
      },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc:aud': BITBUCKET.aud },
        StringLike: {
          'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc:sub':
            '{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}:*',
        },
      },
    },
  ],
};
