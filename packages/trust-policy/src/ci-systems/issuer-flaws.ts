import { issuerPath } from '../policy/arn.ts';
import type { Flaw } from './ci-system.ts';
import { allCiSystems, ciSystem } from './index.ts';
import { recogniseIssuer } from './issuer.ts';

/**
 * Finds the mistake in an issuer as a provider ARN writes it. Returns undefined for a correct issuer and for one of a
 * system that this package does not know.
 */
export function issuerFlaw(path: string): Flaw | undefined {
  const withoutScheme = issuerPath(path);
  if (withoutScheme !== path) {
    return {
      message: `"${path}" begins with a scheme; a provider's ARN has the issuer without it`,
      replacement: withoutScheme,
    };
  }
  const issuer = recogniseIssuer(path);
  if (issuer !== undefined) return ciSystem(issuer.provider.id).issuerFlaw?.(path, issuer);
  const trimmed = withoutFinalSlashes(path);
  if (recogniseIssuer(trimmed) !== undefined) {
    return { message: `"${path}" ends in a slash; the issuer in the token does not`, replacement: trimmed };
  }
  const folded = path.replace(/^[^/]+/, (host) => host.toLowerCase());
  if (folded !== path && recogniseIssuer(folded) !== undefined) {
    return {
      message: `"${path}" has capital letters; the issuer in the token has none in its host`,
      replacement: folded,
    };
  }
  return allCiSystems()
    .map((system) => system.issuerFlaw?.(path, undefined))
    .find((flaw) => flaw !== undefined);
}

function withoutFinalSlashes(path: string): string {
  let { length } = path;
  while (path[length - 1] === '/') length -= 1;
  return path.slice(0, length);
}
