import { randomBytes } from 'node:crypto';
import type { HttpAnswer, Transport } from '@aws-oidc-assume/shared';
import { silentLog, type TokenRuntime } from '@aws-oidc-assume/shared';

/** Limits that tests do not reach. */
export const LIMITS = { signal: new AbortController().signal, timeLeft: () => 60_000, maxAttempts: 3 };

export type HttpRequest = Parameters<Transport>[0];

/** An unsigned token: the package only reads claims. */
export function tokenText(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.${randomBytes(32).toString('base64url')}`;
}

export function answer(status: number, body: string): HttpAnswer {
  return { status, headers: {}, body: Buffer.from(body) };
}

/** Gives every request the same answer and records the requests. A retry is a failure. */
export function runtimeThatAnswers(response: HttpAnswer): { requests: HttpRequest[]; runtime: TokenRuntime } {
  const requests: HttpRequest[] = [];
  const runtime: TokenRuntime = {
    transport: async (request) => {
      requests.push(request);
      return response;
    },
    sleep: async () => {
      throw new Error('no retry was expected');
    },
    random: () => 0.5,
    log: silentLog,
  };
  return { requests, runtime };
}
