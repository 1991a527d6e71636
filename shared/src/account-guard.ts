import type { Session } from './ci-system.ts';
import { Failure } from './core/failure.ts';
import type { Options } from './options/options.ts';

/**
 * Looks at the accounts before the network: the role whose credentials are published is the last of the chain, and its
 * ARN tells the account.
 * @param optionName how the user spells the option
 * @throws Failure `AccountNotAllowed`
 */
export function guardRoles(options: Options, optionName: string): void {
  const last = options.chain.at(-1);
  for (const role of last ? [last] : options.roles.map((target) => target.role)) {
    if (!allows(options, role.accountId)) {
      throw refusal(`${role.arn} lies in account ${role.accountId}`, options, optionName);
    }
  }
}

/**
 * The last word before anything is published, on AWS's own answer: the account of the credentials in hand.
 * @throws Failure `AccountNotAllowed`
 */
export function guardSessions(sessions: readonly Session[], options: Options, optionName: string): void {
  for (const { credentials } of sessions) {
    if (!allows(options, credentials.accountId)) {
      throw refusal(`AWS gave credentials of account ${credentials.accountId}`, options, optionName);
    }
  }
}

function allows({ allowedAccountIds }: Options, account: string): boolean {
  return allowedAccountIds.length === 0 || allowedAccountIds.includes(account);
}

function refusal(what: string, { allowedAccountIds }: Options, optionName: string): Failure {
  return new Failure('AccountNotAllowed', `${what}, but ${optionName} allows only ${allowedAccountIds.join(', ')}.`);
}
