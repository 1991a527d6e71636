import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import type { Check } from '../../core/check.ts';
import { type JsonMembers, members } from '../../core/json-members.ts';
import type { IdentityToken } from '../../identity/identity-token.ts';
import { parseSecretUrl } from '../../net/secret-url.ts';
import { fail, ok, warn } from './check.ts';
import type { Fetched, FetchJson } from './fetch-json.ts';

/** Algorithms that AWS accepts (STS API reference, AssumeRoleWithWebIdentity), with Node's name of the digest. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  RS256: 'sha256',
  RS384: 'sha384',
  RS512: 'sha512',
  ES256: 'sha256',
  ES384: 'sha384',
  ES512: 'sha512',
};

/** Largest key set of a kind that AWS accepts (IAM user guide, OIDC providers). */
const MOST_KEYS = 100;

/**
 * Repeats AWS's verification of the token from this machine: fetches the issuer's discovery document and keys, finds the
 * key, checks the signature. AWS asks from its own network, so a success here does not prove that AWS succeeds.
 */
export async function issuerChecks(token: IdentityToken, fetchJson: FetchJson): Promise<Check[]> {
  const issuer = token.issuer ?? '';
  const address = addressOf(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (address === undefined) {
    return [
      fail(
        'discovery',
        `the issuer "${issuer}" is not a plain https address`,
        'Use a token of a CI system AWS can reach.',
      ),
    ];
  }
  const discovery = await fetchJson(address);
  const discoveryProblem = discoveryCheck(discovery, issuer);
  const keysAddress = addressOf(String(members(discovery.json)['jwks_uri'] ?? ''));
  if (discoveryProblem.status !== 'ok' || keysAddress === undefined) return [discoveryProblem];
  if (keysAddress.origin !== address.origin) {
    return [
      discoveryProblem,
      warn(
        'keys',
        `not checked: ${discovery.url} leads to ${keysAddress.origin}, another host, and was not followed`,
        'Look at who made this token: no CI system that this program knows keeps its keys on another host.',
      ),
    ];
  }
  return [discoveryProblem, ...keyChecks(await fetchJson(keysAddress), token)];
}

function discoveryCheck(fetched: Fetched, issuer: string): Check {
  const name = 'discovery';
  if (fetched.isPrivate !== undefined) return privateIssuer(fetched.url, fetched.isPrivate);
  if (fetched.problem !== undefined) {
    return warn(
      name,
      `${fetched.url} cannot be fetched: ${fetched.problem}`,
      'Look at the status page of the CI system. If only this machine cannot reach it, check the proxy and the firewall.',
    );
  }
  const { issuer: documentIssuer, jwks_uri: keys } = members(fetched.json);
  if (documentIssuer !== issuer) {
    return fail(
      name,
      `${fetched.url} names the issuer "${String(documentIssuer)}", the token "${issuer}"`,
      'Register the identity provider with exactly the issuer of the token; a slash at the end counts.',
    );
  }
  if (typeof keys !== 'string' || addressOf(keys) === undefined) {
    return fail(
      name,
      `${fetched.url} names no https address of keys (jwks_uri)`,
      'See the status page of the CI system.',
    );
  }
  return ok(name, `${fetched.url}${through(fetched)}`);
}

/** A host in a private network fails because of its spelling. A name may be public for AWS. */
function privateIssuer(url: string, isPrivate: NonNullable<Fetched['isPrivate']>): Check {
  const { origin } = new URL(url);
  if (isPrivate === 'name server') {
    return warn(
      'discovery',
      `not checked: ${origin} is an address of a private network here, and was not asked`,
      'Look at who made this token: its issuer may want to reach your network. AWS asks from outside, by the public address.',
    );
  }
  return fail(
    'discovery',
    `the issuer is at ${origin}, on this machine or in a private network, and was not asked`,
    'AWS cannot reach it there. Look at who made this token: its issuer may want to reach your network. For a token of the local emulator, make the emulator the STS endpoint.',
  );
}

function keyChecks(fetched: Fetched, token: IdentityToken): Check[] {
  const name = 'keys';
  if (fetched.problem !== undefined) {
    return [
      warn(
        name,
        `${fetched.url} cannot be fetched: ${fetched.problem}`,
        'Look at the status page of the CI system. If only this machine cannot reach it, check the proxy and the firewall.',
      ),
    ];
  }
  const list = members(fetched.json)['keys'];
  const keys: JsonMembers[] = Array.isArray(list) ? list.map(members) : [];
  if (keys.length === 0) return [fail(name, `${fetched.url} holds no keys`, 'See the status page of the CI system.')];
  const excessType = ['RSA', 'EC'].find((type) => keys.filter(({ kty }) => kty === type).length > MOST_KEYS);
  if (excessType !== undefined) {
    return [
      fail(
        name,
        `${fetched.url} holds more than ${MOST_KEYS} ${excessType} keys, which AWS does not take`,
        'See the status page of the CI system.',
      ),
    ];
  }
  const { alg, kid } = headerOf(token);
  const key = keyFor(kid, keys);
  if (key === undefined) {
    return [
      fail(
        name,
        `none of the ${keys.length} keys at ${fetched.url} is that of this token (kid ${kid ?? 'not given'})`,
        'Ask for a new token: the issuer has changed its keys, or the token is of another issuer.',
      ),
    ];
  }
  const present = ok(
    name,
    `the key of this token (kid ${kid ?? 'not given, the only one'}) is among ${keys.length} at ${fetched.url}`,
  );
  return [present, signatureCheck(token, alg, key)];
}

function signatureCheck(token: IdentityToken, alg: string | undefined, key: JsonMembers): Check {
  const name = 'signature';
  const digest = ALGORITHMS[alg ?? ''];
  if (digest === undefined) {
    return fail(
      name,
      `the token is signed with ${alg ?? 'no algorithm'}`,
      `AWS takes ${Object.keys(ALGORITHMS).join(', ')}.`,
    );
  }
  const [header = '', payload = '', signature = ''] = token.reveal().split('.');
  try {
    const publicKey = createPublicKey({ key: key as JsonWebKey, format: 'jwk' });
    const good = verify(
      digest,
      Buffer.from(`${header}.${payload}`),
      { key: publicKey, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    if (good) return ok(name, `${alg}, by that key`);
  } catch {
    return warn(
      name,
      'the signature was not checked, because the key cannot be read here',
      'Nothing, unless AWS refuses the token: then see the status page of the CI system.',
    );
  }
  return fail(
    name,
    `the signature of the token (${alg}) is not by the issuer's key`,
    'Use the token exactly as the CI system issued it.',
  );
}

/**
 * Finds the key of the token. If the token has no `kid`, AWS uses the only key (observed on live AWS). If several keys
 * have one kid, it uses the last.
 */
function keyFor(kid: string | undefined, keys: readonly JsonMembers[]): JsonMembers | undefined {
  if (kid === undefined) return keys.length === 1 ? keys[0] : undefined;
  return keys.findLast((key) => key['kid'] === kid);
}

function headerOf(token: IdentityToken): { alg: string | undefined; kid: string | undefined } {
  const [header = ''] = token.reveal().split('.');
  try {
    const { alg, kid } = members(JSON.parse(Buffer.from(header, 'base64url').toString('utf8')));
    return { alg: typeof alg === 'string' ? alg : undefined, kid: typeof kid === 'string' ? kid : undefined };
  } catch {
    return { alg: undefined, kid: undefined };
  }
}

function through({ proxy }: Fetched): string {
  return proxy === undefined ? '' : `, through the proxy ${proxy}`;
}

/** Parses an address in its only spelling: https, or http on this machine, where an emulator runs. */
function addressOf(text: string): URL | undefined {
  const url = parseSecretUrl(text);
  return typeof url === 'string' ? undefined : url;
}
