import { type Environment, Failure, IdentityToken } from '@aws-oidc-assume/shared';

export const NAME = 'Bitbucket Pipelines';
export const TOKEN_VARIABLE = 'BITBUCKET_STEP_OIDC_TOKEN';

/** Value of a pipe variable that names the token explicitly, in a step without one. */
const UNDEFINED_VARIABLE = /^\$\{?BITBUCKET_STEP_OIDC_TOKEN\}?$/;

/**
 * Reads the only token of a step.
 *
 * @throws Failure `TokenUnavailable`, `TokenMalformed`
 */
export function stepToken(env: Environment): IdentityToken {
  const token = (env[TOKEN_VARIABLE] ?? '').trim();
  if (token === '' || UNDEFINED_VARIABLE.test(token)) {
    throw new Failure('TokenUnavailable', `${TOKEN_VARIABLE} is not set: this step has no identity token.`, {
      changes: ['Add `oidc: true` to this step:\n  - step:\n      oidc: true'],
    });
  }
  return IdentityToken.parse(token);
}
