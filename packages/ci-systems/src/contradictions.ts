import { Failure, printable } from '@aws-oidc-assume/shared';

/** A variable of the job, and the same fact in the identity token. Either may be missing. */
export interface Statement {
  readonly variable: string;
  readonly value: string | undefined;
  /** Claim of the token: `branchName`. */
  readonly claim: string;
  readonly signed: string | undefined;
}

/**
 * Refuses variables that contradict the identity token: an earlier step changed them, or the token is of another job. Names
 * of owners and repositories have no case, nor have UUIDs; names of branches have.
 * @throws Failure `IdentityContradicted`
 */
export function refuseContradictions(statements: readonly Statement[]): void {
  const [wrong] = statements.filter(
    ({ value, signed }) =>
      value !== undefined && value !== '' && signed !== undefined && signed !== '' && value !== signed,
  );
  if (wrong === undefined) return;
  const { variable, value = '', claim, signed = '' } = wrong;
  throw new Failure(
    'IdentityContradicted',
    `${variable} is "${printable(value, 200)}", but the identity token says "${printable(signed, 200)}" (${claim}).`,
    { changes: [`Find the step that changes ${variable}: steps must not set variables of the CI system.`] },
  );
}
