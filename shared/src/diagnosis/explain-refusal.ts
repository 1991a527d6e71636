import { accountOfArn } from '../aws/arn.ts';
import type { Failure, RequestedSession } from '../core/failure.ts';
import { indented } from '../core/text.ts';
import type { IdentityToken } from '../identity/identity-token.ts';
import type { Options } from '../options/options.ts';
import type { Runtime } from '../runtime.ts';
import { chainChanges } from './chain-refusal.ts';
import { otherPolicyChanges, policyNamedIn, TRUST_POLICY } from './named-policy.ts';
import { notValidatedChanges, rejectedTokenChanges, thumbprintChanges } from './refused-token.ts';
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
  const { narrowerJob, providerArnFor, statementFor } = await import('./trust-policy.ts');
  const provider = providerArnFor(issuer, roleArn);
  const audience = token.authorizedParty ?? token.audiences[0] ?? '';
  switch (failure.code) {
    case 'ProviderNotRegistered':
      return [
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
    case 'AccessDenied': {
      const statement = statementFor(token.claims, { roleArn });
      // With the policy file, the diagnosis is exact and names the job itself.
      const narrower =
        run.options.trustPolicyFile === undefined ? narrowerJob({ issuer, sub: token.subject ?? '' }) : undefined;
      return [
        ...(await diagnosis(token, requested, run)),
        `AWS found the identity provider ${provider}; the trust policy of the role did not admit the token, or there is no such role.`,
        ...(narrower === undefined ? [] : [narrower]),
        ...(statement === undefined
          ? []
          : [
              'This statement in the trust policy of the role admits this token:',
              indented(JSON.stringify(statement, null, 2)),
            ]),
        'A change in IAM takes some seconds to work.',
      ];
    }
    default:
      return [];
  }
}
