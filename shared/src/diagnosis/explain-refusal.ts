import { accountOfArn } from '../aws/arn.ts';
import type { Failure, RequestedSession } from '../core/failure.ts';
import { indented } from '../core/text.ts';
import type { IdentityToken } from '../identity/identity-token.ts';
import type { Options } from '../options/options.ts';
import { shellWord } from '../publish/posix-shell.ts';
import type { Runtime } from '../runtime.ts';
import { chainChanges } from './chain-refusal.ts';
import { otherPolicyChanges, policyNamedIn, TRUST_POLICY } from './named-policy.ts';
import { notValidatedChanges, rejectedTokenChanges, thumbprintChanges, wrongAccount } from './refused-token.ts';
import { tokenLines } from './report.ts';
import { type DiagnosisRun, diagnosis } from './trust-policy-file.ts';
import { unreachableChanges } from './unreachable.ts';

const DENIED_BY_TRUST_POLICY =
  'AWS names the reason itself: a statement that denies, in the trust policy of the role. It wins over all that allow.';

/**
 * Returns the failure with the facts of the token and, for a refusal by AWS, with the exact change that fixes it. The
 * knowledge of trust policies is loaded only here, because a successful run does not need it. Never throws: when no
 * explanation is possible, the failure is returned as it was.
 */
export async function withExplanation(
  failure: Failure,
  token: IdentityToken,
  options: Options,
  runtime: Runtime,
): Promise<Failure> {
  try {
    return await explain(failure, token, options, runtime);
  } catch {
    return failure;
  }
}

async function explain(failure: Failure, token: IdentityToken, options: Options, runtime: Runtime): Promise<Failure> {
  const withToken = failure.with({ token: tokenLines(token, runtime.now()) });
  const { attempted, answer } = failure.details;
  if (attempted?.requested === undefined) return withToken;
  const { requested } = attempted;
  if (failure.code === 'Unreachable') return withToken.with({ changes: unreachableChanges(attempted, answer) });
  const named = policyNamedIn(failure);
  if (named !== undefined && !TRUST_POLICY.test(named.kind))
    return withToken.with({ changes: otherPolicyChanges(named, requested.roleArn, options) });
  const changes =
    attempted.action === 'AssumeRole'
      ? chainChanges(failure, requested.roleArn, options)
      : await changesFor(failure, requested, token, { options, runtime });
  return withToken.with({ changes: named?.denies ? [DENIED_BY_TRUST_POLICY, ...changes] : changes });
}

async function changesFor(
  failure: Failure,
  requested: RequestedSession,
  token: IdentityToken,
  run: DiagnosisRun,
): Promise<string[]> {
  const { issuer } = token;
  const { roleArn } = requested;
  if (issuer === undefined) return [];
  const { providerArnFor } = await import('./trust-policy.ts');
  const provider = providerArnFor(issuer, roleArn);
  const audience = token.authorizedParty ?? token.audiences[0] ?? '';
  switch (failure.code) {
    case 'ProviderNotRegistered':
      return [
        wrongAccount(roleArn),
        `AWS looked for the identity provider ${provider} and did not find it.`,
        `Create it in account ${accountOfArn(roleArn)}, the account of the role:`,
        `  URL:      ${issuer}`,
        `  audience: ${audience}`,
      ];
    case 'AudienceNotAccepted':
      return [
        `The identity provider ${provider} does not list the audience of this token.`,
        'Add it to the audiences (client IDs) of the provider:',
        `  ${audience}`,
      ];
    case 'IdentityTokenNotValidated':
      return notValidatedChanges({ provider, roleArn, issuer, audience });
    case 'ThumbprintMismatch':
      return thumbprintChanges(provider, issuer);
    case 'IdentityTokenRejected':
      return rejectedTokenChanges(failure.details.answer?.message ?? '', roleArn);
    case 'AccessDenied':
      return [
        ...(await diagnosis(token, requested, run)),
        `AWS found the identity provider ${provider}; the trust policy of the role did not admit the token, or there is no such role.`,
        // A trust policy file gives an exact answer.
        ...(run.options.trustPolicyFile === undefined ? await statementLines(token, roleArn) : []),
        'A change in IAM takes some seconds to work.',
      ];
    default:
      return [];
  }
}

/**
 * Statement that admits this token, unless the role may mean less than it: what a job lacks is then named instead. A wider
 * statement is shown only on request.
 */
async function statementLines(token: IdentityToken, roleArn: string): Promise<string[]> {
  const { jobsAdmittedFor, narrowerJob, statementFor } = await import('./trust-policy.ts');
  const statement = statementFor(token.claims, { roleArn });
  if (token.issuer === undefined || statement === undefined) return [];
  const jobs = jobsAdmittedFor(token.claims);
  const narrower = narrowerJob({ issuer: token.issuer, sub: token.subject ?? '' });
  if (narrower !== undefined) {
    return [
      narrower,
      `If the role is meant for ${jobs}, this command in the job prints the statement for it: aws-oidc explain --role-arn ${shellWord(roleArn)}`,
    ];
  }
  return [
    `This statement in the trust policy of the role admits this token, and with it ${jobs}:`,
    indented(JSON.stringify(statement, null, 2)),
  ];
}
