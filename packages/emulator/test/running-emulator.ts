/** An emulator in this process, and raw requests to its STS. */
import assert from 'node:assert/strict';
import { AssumeRoleCommand, type AssumeRoleCommandInput, type Credentials, STSClient } from '@aws-sdk/client-sts';
import { type Emulator, startEmulator } from '../src/index.ts';

export const deployRole = 'arn:aws:iam::123456789012:role/deploy';

export interface Running {
  readonly emulator: Emulator;
  readonly mint: (request: Readonly<Record<string, unknown>>) => Promise<string>;
  /** AssumeRoleWithWebIdentity with these parameters on top of the usual ones; null leaves one out. */
  readonly assume: (parameters: Readonly<Record<string, string | null>>) => Promise<Answer>;
  readonly credentials: (parameters?: Readonly<Record<string, string>>) => Promise<Credentials>;
  readonly assumeRole: (credentials: Credentials, input: Partial<AssumeRoleCommandInput>) => Promise<Credentials>;
  readonly control: (method: string, name: string, body?: unknown) => Promise<Response>;
}

export interface Answer {
  readonly status: number;
  /** Text of the first element of that name, with unresolved entities. */
  readonly element: (name: string) => string | undefined;
  readonly body: string;
}

export async function running(configuration: unknown = {}): Promise<Running> {
  const emulator = await startEmulator(configuration);
  const { sts, mint: mintUrl, control } = emulator.ready;
  const mint: Running['mint'] = async (request) => {
    const response = await fetch(mintUrl, { method: 'POST', body: JSON.stringify(request) });
    const { token } = (await response.json()) as { token: string };
    assert(token, `minting failed with ${response.status}`);
    return token;
  };
  const assume: Running['assume'] = async (parameters) => {
    const usual = {
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: deployRole,
      RoleSessionName: 'session',
    };
    const entries = Object.entries({ ...usual, ...parameters }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    );
    return answer(await fetch(sts, { method: 'POST', body: new URLSearchParams(entries) }));
  };
  return {
    emulator,
    mint,
    assume,
    credentials: async (parameters = {}) => {
      const { status, element, body } = await assume({
        WebIdentityToken: await mint({ provider: 'bitbucket' }),
        ...parameters,
      });
      assert.equal(status, 200, body);
      return {
        AccessKeyId: element('AccessKeyId'),
        SecretAccessKey: element('SecretAccessKey'),
        SessionToken: element('SessionToken'),
        Expiration: new Date(element('Expiration') ?? ''),
      };
    },
    assumeRole: async (credentials, input) => {
      const command = new AssumeRoleCommand({ RoleArn: deployRole, RoleSessionName: 'chained', ...input });
      const { Credentials: chained } = await client(emulator, credentials).send(command);
      assert(chained);
      return chained;
    },
    control: (method, name, body) =>
      fetch(`${control}/${name}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
  };
}

export async function answer(response: Response): Promise<Answer> {
  const body = await response.text();
  return {
    status: response.status,
    element: (name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1],
    body,
  };
}

export function client({ ready }: Emulator, credentials: Credentials): STSClient {
  return new STSClient({
    endpoint: ready.sts,
    region: 'eu-west-1',
    maxAttempts: 1,
    credentials: {
      accessKeyId: credentials.AccessKeyId ?? '',
      secretAccessKey: credentials.SecretAccessKey ?? '',
      sessionToken: credentials.SessionToken ?? '',
    },
  });
}
