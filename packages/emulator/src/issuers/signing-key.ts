import { createHash, generateKeyPair, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningAlgorithm } from '../config/configuration.ts';
import type { JsonObject } from '../json.ts';

const generate = promisify(generateKeyPair);
const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const;

/** A key pair that lives in this process only. */
export interface SigningKey {
  readonly algorithm: SigningAlgorithm;
  readonly keyId: string;
  readonly publicJwk: JsonWebKey;
  /** A compact JWS over the claims; members of `header` replace those of the usual header, `undefined` ones vanish. */
  readonly sign: (claims: JsonObject, header?: JsonObject) => string;
}

export async function createSigningKey(algorithm: SigningAlgorithm, keyId?: string): Promise<SigningKey> {
  const { publicKey, privateKey } = await keyPair(algorithm);
  const jwk = publicKey.export({ format: 'jwk' });
  const thumbprint = createHash('sha1').update(JSON.stringify(jwk)).digest('base64url');
  const kid = keyId ?? thumbprint;
  return {
    algorithm,
    keyId: kid,
    publicJwk: { ...jwk, kid, use: 'sig', alg: algorithm },
    sign: (claims, header = {}) => {
      const input = `${part({ typ: 'JWT', alg: algorithm, kid, x5t: thumbprint, ...header })}.${part(claims)}`;
      return `${input}.${signature(algorithm, privateKey, input)}`;
    },
  };
}

async function keyPair(algorithm: SigningAlgorithm): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  switch (algorithm) {
    case 'ES256':
    case 'ES384':
    case 'ES512':
      return generate('ec', { namedCurve: curves[algorithm] });
    default:
      return generate('rsa', { modulusLength: 2048 });
  }
}

function signature(algorithm: SigningAlgorithm, key: KeyObject, input: string): string {
  // JWS wants r‖s for ECDSA, not the DER that OpenSSL makes (RFC 7518 §3.4).
  return sign(`sha${algorithm.slice(2)}`, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
