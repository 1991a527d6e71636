import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { IdentityToken } from '../src/identity/identity-token.ts';
import type { HttpAnswer } from '../src/net/transport.ts';
import { NOW } from './support.ts';

/** An issuer of tokens with real signatures, and its documents. */
export const seconds = NOW.getTime() / 1000;
export const ISSUER = 'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
export const KEYS_URL = `${ISSUER}/keys.json`;
export const STS = 'https://sts.eu-west-1.amazonaws.com';
const CLAIMS = {
  iss: ISSUER,
  aud: 'ari:cloud:bitbucket::workspace/1',
  sub: '{a}:{b}',
  iat: seconds - 10,
  exp: seconds + 3590,
};
export const { signal } = new AbortController();

export function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
}

export interface Issuer {
  readonly jwk: Record<string, unknown>;
  token(header?: Record<string, unknown>, claims?: Record<string, unknown>): IdentityToken;
}

export function issuerWith(alg: 'RS256' | 'ES256'): Issuer {
  const { publicKey, privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig' },
    token: (header = {}, claims = {}) => signed({ alg, kid: 'key-1', ...header }, { ...CLAIMS, ...claims }, privateKey),
  };
}

function signed(header: object, claims: object, key: KeyObject): IdentityToken {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return IdentityToken.parse(`${text}.${signature.toString('base64url')}`);
}

export const discovery = (members: Record<string, unknown> = {}) =>
  answer(200, { issuer: ISSUER, jwks_uri: KEYS_URL, ...members });
