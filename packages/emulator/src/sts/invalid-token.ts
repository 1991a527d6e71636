import { StsError } from './sts-error.ts';

/** Refuses a token. By default the message says that it is not a valid JWT. */
export function invalidToken(message?: string): StsError {
  return new StsError('InvalidIdentityToken', message);
}
