import * as v from 'valibot';
import { integer, oneOf, text } from '../shape.ts';

const ALGORITHM = oneOf('RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512');

export type SigningAlgorithm = v.InferOutput<typeof ALGORITHM>;

/** Settings common to every issuer. */
export interface IssuerSettings {
  /** The `iss` of its tokens. By default the URL at which it is served. */
  readonly issuer?: string | undefined;
  readonly algorithm: SigningAlgorithm;
  readonly tokenLifetimeSeconds: number;
}

/** Members of a system's settings that every issuer has. */
export function issuerSettings(tokenLifetimeSeconds: number) {
  return {
    issuer: v.optional(
      text(/^https?:\/\/[^\s?#]+[^\s?#/]$/, 'an http or https URL without query, fragment and final slash'),
    ),
    algorithm: v.optional(ALGORITHM, 'RS256'),
    tokenLifetimeSeconds: v.optional(integer({ minimum: 1, maximum: 604_800, unit: ' seconds' }), tokenLifetimeSeconds),
  };
}
