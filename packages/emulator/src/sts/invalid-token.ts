import { StsError } from './sts-error.ts';

/** The refusal of a token; without a message of its own AWS says that it is no valid JWT. */
export function invalidToken(message?: string): StsError {
  return new StsError('InvalidIdentityToken', message);
}
