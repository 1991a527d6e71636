/**
 * Verifies a token as a relying party would: fetches the issuer's discovery document and keys, and checks the
 * signature.
 */
import { createRemoteJWKSet, jwtVerify } from 'jose';

const [issuerUrl = '', token = '', audience = ''] = process.argv.slice(2);
const discovery = (await (await fetch(`${issuerUrl}/.well-known/openid-configuration`)).json()) as {
  issuer: string;
  jwks_uri: string;
  id_token_signing_alg_values_supported: string[];
};
const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(discovery.jwks_uri)), {
  issuer: discovery.issuer,
  audience,
  algorithms: discovery.id_token_signing_alg_values_supported,
});
process.stdout.write(JSON.stringify({ jwksUri: discovery.jwks_uri, alg: protectedHeader.alg, sub: payload.sub }));
