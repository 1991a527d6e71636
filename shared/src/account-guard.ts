import { Failure } from './core/failure.ts';
import type { Options } from './options/options.ts';

/**
 * Refuses roles of other accounts before anything is sent. The credentials of the last role of the chain are published,
 * so its account counts. AWS's answer is compared with the role later (`sts/answer-check.ts`).
 * @param optionName the option's spelling in the CI system
 * @throws Failure `AccountNotAllowed`
 */
export function guardRoles(options: Options, optionName: string): void {
  const last = options.chain.at(-1);
  for (const role of last ? [last] : options.roles.map((target) => target.role)) {
    if (!allows(options, role.accountId)) {
      throw refusal(`${role.arn} is in account ${role.accountId}`, options, optionName);
    }
  }
}

function allows({ allowedAccountIds }: Options, account: string): boolean {
  return allowedAccountIds.length === 0 || allowedAccountIds.includes(account);
}

function refusal(problem: string, { allowedAccountIds }: Options, optionName: string): Failure {
  return new Failure('AccountNotAllowed', `${problem}, but ${optionName} allows only ${allowedAccountIds.join(', ')}.`);
}
