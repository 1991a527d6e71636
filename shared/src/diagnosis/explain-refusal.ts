import {
  jobsAdmittedFor,
  narrowerJob,
  parseRoleArn,
  providerArnFor,
  renamableParts,
  statementFor,
} from '@aws-oidc-assume/trust-policy';
import { type Advice, FAILURES, type Failure, type RequestedSession } from '../core/failure.ts';
import { duration, indented } from '../core/text.ts';
import type { IdentityToken } from '../identity/identity-token.ts';
import { chainAdvice } from './chain-refusal.ts';
import { otherPolicyAdvice, policyNamedIn, TRUST_POLICY } from './named-policy.ts';
import { type ExpectedProvider, providerAdvice } from './refused-token.ts';
import { remedyOf } from './remedies.ts';
import type { DiagnosisRun } from './run.ts';
import { policyFileAdvice } from './trust-policy-file.ts';
import { unreachableAdvice } from './unreachable.ts';

const DENIED_BY_TRUST_POLICY = 'A statement with "Effect": "Deny" in the trust policy of the role covers this token.';

/** Returns the most specific known cause of a failure, and the change that fixes it. */
export async function adviceFor(failure: Failure, run: DiagnosisRun): Promise<Advice> {
  const { attempted, changes = [] } = failure.details;
  if (changes.length > 0) return {};
  if (failure.code === 'Unreachable' && attempted !== undefined) return unreachableAdvice(attempted, failure, run.raw);
  if (attempted?.requested === undefined) return remedyOf(failure, run);
  const { requested } = attempted;
  const policy = policyNamedIn(failure);
  if (policy !== undefined && !TRUST_POLICY.test(policy.kind)) {
    return otherPolicyAdvice(policy, attempted, run.options);
  }
  const advice =
    attempted.action === 'AssumeRole' && failure.code === 'AccessDenied'
      ? chainAdvice(requested.roleArn, run.options)
      : await webIdentityAdvice(failure, requested, run);
  return policy?.denies ? { ...advice, notes: [DENIED_BY_TRUST_POLICY, ...(advice.notes ?? [])] } : advice;
}

async function webIdentityAdvice(failure: Failure, requested: RequestedSession, run: DiagnosisRun): Promise<Advice> {
  const { token } = run;
  if (token?.issuer === undefined) return remedyOf(failure, run);
  if (failure.code === 'AccessDenied') return denialAdvice(token, requested, run);
  const expected: ExpectedProvider = {
    provider: providerArnFor(token.issuer, requested.roleArn),
    roleArn: requested.roleArn,
    roleOption: run.raw.roleArn.name,
    issuer: token.issuer,
    audience: token.authorizedParty ?? token.audiences[0] ?? '',
    ahead: timeUntil(token.issuedAt, run.runtime.now()),
  };
  return providerAdvice(failure, expected) ?? remedyOf(failure, run);
}

function renaming(parts: string): string {
  return `If the ${parts} was renamed, put the subject below into the role's trust policy, in place of the old one.`;
}

/** Returns the time until a date in the future, e.g. `20 min`. */
function timeUntil(date: Date | undefined, now: Date): string | undefined {
  const seconds = date === undefined ? 0 : (date.getTime() - now.getTime()) / 1000;
  return seconds > 0 ? duration(seconds) : undefined;
}

const COMPARE = 'If it does, compare the conditions of its trust policy with the subject and audience below.';

/** Advice after a denial of the first role. With a trust policy file, the cause is the condition that failed. */
async function denialAdvice(token: IdentityToken, requested: RequestedSession, run: DiagnosisRun): Promise<Advice> {
  const fromFile = await policyFileAdvice(token, requested, run);
  if (fromFile?.cause !== undefined) return fromFile;
  const { roleArn } = requested;
  const role = parseRoleArn(roleArn);
  const subject = { issuer: token.issuer ?? '', sub: token.subject ?? '' };
  const narrower = narrowerJob(subject);
  const renamable = renamableParts(subject);
  const statement = statementFor(token.claims, { roleArn });
  const admits = `If the role is meant for ${jobsAdmittedFor(token.claims)}, add this statement to its trust policy:`;
  const clue = narrower?.fix ?? (renamable === undefined ? undefined : renaming(renamable));
  const exists = `heck that role "${role?.name}" exists in account ${role?.accountId} (${run.raw.roleArn.name}).`;
  return {
    ...(narrower === undefined ? {} : { cause: `${FAILURES.AccessDenied.cause} ${narrower.lacks}` }),
    changes: [
      clue === undefined ? `C${exists}` : `${clue} Otherwise c${exists}`,
      fromFile === undefined
        ? `${COMPARE} ${run.raw.trustPolicyFile.name} makes this report name the condition that fails.`
        : COMPARE,
      ...(fromFile?.notes ?? []),
    ],
    notes: [
      'A change in IAM takes a few seconds to take effect.',
      ...(statement !== undefined && narrower === undefined ? [admits, indented(JSON.stringify(statement))] : []),
    ],
    ...(statement !== undefined && narrower !== undefined
      ? { onRequest: [admits, indented(JSON.stringify(statement, null, 2))] }
      : {}),
  };
}
