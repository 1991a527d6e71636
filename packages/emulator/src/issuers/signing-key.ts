import { createHash, generateKeyPair, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { JsonObject } from '../json.ts';
import type { SigningAlgorithm } from './issuer-settings.ts';

const generate = promisify(generateKeyPair);
const CURVES = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const;

/** A key pair that exists only in this process. */
export class SigningKey {
  readonly algorithm: SigningAlgorithm;
  readonly keyId: string;
  readonly publicJwk: JsonWebKey;
  readonly #privateKey: KeyObject;
  readonly #thumbprint: string;

  constructor(algorithm: SigningAlgorithm, pair: KeyPair, keyId?: string) {
    const jwk = pair.publicKey.export({ format: 'jwk' });
    this.algorithm = algorithm;
    this.#privateKey = pair.privateKey;
    this.#thumbprint = createHash('sha1').update(JSON.stringify(jwk)).digest('base64url');
    this.keyId = keyId ?? this.#thumbprint;
    this.publicJwk = { ...jwk, kid: this.keyId, use: 'sig', alg: algorithm };
  }

  /** Signs the claims as a compact JWS. Members of `header` replace the usual ones; undefined removes one. */
  sign(claims: JsonObject, header: JsonObject = {}): string {
    return this.signText(JSON.stringify(claims), header);
  }

  /** Signs a payload of any text. */
  signText(payload: string, header: JsonObject = {}): string {
    const { algorithm, keyId: kid } = this;
    const fields = JSON.stringify({ typ: 'JWT', alg: algorithm, kid, x5t: this.#thumbprint, ...header });
    const input = `${base64url(fields)}.${base64url(payload)}`;
    return `${input}.${signature(algorithm, this.#privateKey, input)}`;
  }
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** @param keyId the key's thumbprint by default */
export async function createSigningKey(algorithm: SigningAlgorithm, keyId?: string): Promise<SigningKey> {
  return new SigningKey(algorithm, await keyPair(algorithm), keyId);
}

async function keyPair(algorithm: SigningAlgorithm): Promise<KeyPair> {
  switch (algorithm) {
    case 'ES256':
    case 'ES384':
    case 'ES512':
      return generate('ec', { namedCurve: CURVES[algorithm] });
    default:
      return generate('rsa', { modulusLength: 2048 });
  }
}

function signature(algorithm: SigningAlgorithm, key: KeyObject, input: string): string {
  // JWS requires r‖s for ECDSA, not OpenSSL's DER (RFC 7518 §3.4).
  return sign(`sha${algorithm.slice(2)}`, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
