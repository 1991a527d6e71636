import * as v from 'valibot';
import { MINT_OPTIONS, type PerSystem, PROVIDERS, type Systems } from '../ci-systems/index.ts';
import type { Clock } from '../clock.ts';
import type { JsonObject } from '../json.ts';
import { ANY_OBJECT, integer, list, object, oneOf, read, text } from '../shape.ts';
import type { Issuer } from './issuer.ts';

const PROVIDER_NAMES = Object.keys(PROVIDERS) as (keyof typeof PROVIDERS)[];

const MINT_REQUEST = object({
  provider: oneOf(...PROVIDER_NAMES),
  /** Replaces or adds claims; null removes one. */
  claims: v.optional(ANY_OBJECT, {}),
  /** Claims to write as JSON's null, which AWS distinguishes from an absent claim. */
  nullClaims: v.optional(list(text()), []),
  /** Sets `exp` to this many seconds after now; negative for an expired token. */
  expiresInSeconds: v.optional(integer({ minimum: -(10 ** 9), maximum: 10 ** 9 })),
  signWith: v.optional(oneOf('issuer-key', 'wrong-key'), 'issuer-key'),
  /** Replaces or adds members of the JWT's header; null removes one. */
  header: v.optional(ANY_OBJECT, {}),
  ...MINT_OPTIONS,
});

export interface MintParts {
  readonly systems: Systems;
  readonly issuers: PerSystem<Issuer>;
  readonly clock: Clock;
}

/**
 * Creates an identity token without the job's credentials.
 * @throws ShapeError if the request is wrong
 */
export async function mint(json: unknown, { systems, issuers, clock }: MintParts): Promise<string> {
  const request = read(MINT_REQUEST, json);
  const key = PROVIDERS[request.provider];
  const issuer = issuers[key];
  const issuance = issuer.issuance(clock);
  const expiry = request.expiresInSeconds === undefined ? {} : { exp: issuance.now + request.expiresInSeconds };
  const claims = { ...systems[key].claims(issuance, { ...request }), ...expiry, ...request.claims };
  const header = Object.fromEntries(Object.entries(request.header).map(([key, value]) => [key, value ?? undefined]));
  const nulls = Object.fromEntries(request.nullClaims.map((name) => [name, null]));
  const signer = request.signWith === 'wrong-key' ? 'unpublished' : 'published';
  return issuer.token({ ...withoutNulls(claims), ...nulls }, { header, signer });
}

function withoutNulls(claims: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
}
