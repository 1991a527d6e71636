import type { Session } from './ci-system.ts';
import { Failure } from './failure.ts';
import type { Options } from './options.ts';

/**
 * The last word before anything is published, on AWS's own answer: the account of the credentials in hand. That the
 * account of the ARN was looked at before the network saves a call, no more.
 */
export function accountGuard(sessions: readonly Session[], options: Options, optionName: string): void {
  if (options.allowedAccountIds.length === 0) return;
  for (const { credentials } of sessions) {
    if (!options.allowedAccountIds.includes(credentials.accountId)) {
      throw new Failure(
        'AccountNotAllowed',
        `AWS gave credentials of account ${credentials.accountId}, but ${optionName} allows only ${options.allowedAccountIds.join(', ')}.`,
      );
    }
  }
}
