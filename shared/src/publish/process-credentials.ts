import type { Session } from '../sts/assumed-credentials.ts';

/**
 * Credentials as JSON, the way AWS SDKs read them from a `credential_process`.
 * Source: AWS SDKs and Tools reference guide, "Process credential provider".
 */
export function processCredentials({ credentials }: Session): string {
  return JSON.stringify({
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey.reveal(),
    SessionToken: credentials.sessionToken.reveal(),
    Expiration: credentials.expiration.toISOString(),
    AccountId: credentials.accountId,
  });
}
