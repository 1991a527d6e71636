import { alternatives } from '../alternatives.ts';
import { issuerPath, providerArnFor } from '../arn.ts';
import { textList } from '../claims.ts';
import { type LintedStatement, lintedPolicy } from '../lint/rule.ts';
import type { Claims, ConditionTrace, Context, Evaluation, StatementTrace } from '../model.ts';
import { pairs } from '../pairs.ts';
import { type PolicyDocument, PolicySyntaxError, parseTrustPolicy, type RoleStatement } from '../policy-document.ts';
import { recogniseIssuer } from '../providers.ts';
import { whyUnknown } from '../request-context.ts';
import { admittingStatement, type TokenIdentity, tokenIdentity } from '../statement-for.ts';
import { type TrustStatement, withConditions } from '../trust-statement.ts';
import {
  AWS_CLAIMS,
  deniedFurtherAction,
  evaluate,
  type FurtherAction,
  missingClaims,
  roleRefusal,
} from '../web-identity.ts';
import type { CauseId } from './causes.ts';
import { diagnoseCondition } from './condition-diagnosis.ts';
import { type Diagnosis, sentence } from './diagnosis.ts';
import { diagnosePrincipal } from './principal-diagnosis.ts';

/** One condition that fails in the statement explained. */
export interface FailingCondition {
  readonly operator: string;
  readonly key: string;
  readonly expected: readonly string[];
  /** Undefined where the request has no such key. */
  readonly observed: readonly string[] | undefined;
  /** Present where it may hold as well: the key of the request whose value would decide, and is not known here. */
  readonly unknownKey?: string;
}

/**
 * Why a token is admitted or refused. Its sentences quote the token and the policy: treat them as untrusted text where
 * they are printed.
 */
export interface Explanation {
  /** `unknown`: there was no policy to compare with, or a key of the request decides whose value is not known. */
  readonly verdict: 'allowed' | 'denied' | 'unknown';
  readonly cause: CauseId;
  readonly summary: string;
  /** The statement that admits or refuses the token, or comes nearest to admitting it, e.g. `Statement[0]`. */
  readonly path?: string;
  /** What fails there; of a Deny, what matches; with the cause `request-unknown`, what cannot be judged. */
  readonly conditions: readonly FailingCondition[];
  readonly fix: string;
  /**
   * The statement that would admit this token, with the conditions of the one it is to replace that cannot be judged here.
   * Undefined without a role ARN, or where no policy can admit the token.
   */
  readonly statement: TrustStatement | undefined;
}

export interface ExplainOptions {
  readonly roleArn?: string;
  /** Global and request keys on top of the token's, e.g. `aws:SourceIp`. */
  readonly context?: Context;
}

/**
 * Says which one thing keeps a token from assuming a role, and how to change it.
 *
 * @param policy the role's trust policy, untrusted: JSON text, or the object it stands for. Undefined where it is not at hand.
 * @throws RangeError where `roleArn` is not the ARN of an IAM role.
 */
export function explain(claims: Claims, policy: unknown, options: ExplainOptions = {}): Explanation {
  const { roleArn } = options;
  const identity = tokenIdentity(claims);
  if (identity === undefined) {
    return { verdict: 'denied', ...refusedIdentity(claims), conditions: [], statement: undefined };
  }
  const statement =
    roleArn === undefined ? undefined : admittingStatement(identity, providerArnFor(identity.issuer, roleArn));
  const refusal = roleRefusal(claims, roleArn);
  if (refusal !== undefined) {
    const fix = `Let the CI system list ${roleArn} in the claim "${AWS_CLAIMS.roles}".`;
    return { verdict: 'denied', cause: 'role-not-listed', summary: sentence(refusal), conditions: [], fix, statement };
  }
  if (policy === undefined) {
    return { verdict: 'unknown', ...withoutPolicy(identity, statement), conditions: [], statement };
  }
  let document: PolicyDocument<RoleStatement>;
  try {
    document = parseTrustPolicy(policy);
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error;
    const fix = 'Mend the policy there; IAM refuses it as it is.';
    return { verdict: 'denied', cause: 'policy-syntax', summary: error.message, conditions: [], fix, statement };
  }
  const evaluation = evaluate(policy, { claims, ...options });
  const providerArn = statement?.Principal.Federated;
  // Its conditions are the same for every role, so they can be proposed without knowing which.
  const admitting = statement ?? admittingStatement(identity, providerArnFor(identity.issuer, ANY_ROLE));
  const question: Question = { claims, identity, options, document, providerArn, admitting };
  const { kept = [], ...explained } = explainEvaluation(question, evaluation);
  return { ...explained, statement: statement && withConditions(statement, kept) };
}

const ANY_ROLE = 'arn:aws:iam::000000000000:role/any';

interface Question {
  readonly claims: Claims;
  readonly identity: TokenIdentity;
  readonly options: ExplainOptions;
  readonly document: PolicyDocument<RoleStatement>;
  /** The provider AWS looks for, where the role is known. */
  readonly providerArn: string | undefined;
  /** The statement that would admit the token. */
  readonly admitting: TrustStatement;
}

interface Explained extends Omit<Explanation, 'statement'> {
  /** Conditions of the nearest statement that cannot be judged here, to stay where it is replaced. */
  readonly kept?: readonly ConditionTrace[];
}

function explainEvaluation(question: Question, { trace, decision, note }: Evaluation): Explained {
  const deny = trace.find((statement) => statement.effect === 'Deny' && statement.matched && isCertain(statement));
  if (deny !== undefined) return explainDeny(deny);
  const allow = trace.find(({ effect, matched }) => effect === 'Allow' && matched);
  if (allow !== undefined && decision === 'allow') return explainAllow(allow);
  const { document, claims, options } = question;
  const further = deniedFurtherAction(document, { claims, ...options });
  // The trace is that of the further action where the evaluation came as far.
  const [open] = trace.filter(mayAdmit);
  if (open === undefined) {
    return further === undefined || note === undefined
      ? explainNearest(question, trace)
      : explainFurtherAction(further);
  }
  return further === undefined || further.evaluation.trace.some(mayAdmit)
    ? explainUnknown(allow ?? open, trace)
    : explainFurtherAction(further);
}

/** Whether it is known that the statement matches, or does not. */
function isCertain({ conditions }: StatementTrace): boolean {
  return conditions.every(({ unknownKey }) => unknownKey === undefined);
}

/** Whether nothing keeps an Allow from matching but what is not known here. */
function mayAdmit({ effect, principalMatched, actionMatched, conditions }: StatementTrace): boolean {
  return effect === 'Allow' && principalMatched && actionMatched && conditions.every(mayHold);
}

function mayHold({ matched, unknownKey }: ConditionTrace): boolean {
  return matched || unknownKey !== undefined;
}

/** An Allow that may match, or matches where a Deny may match as well. */
function explainUnknown(allow: StatementTrace, trace: readonly StatementTrace[]): Explained {
  const kept = allow.conditions.filter(isOpen);
  const denies = trace.filter(({ effect, matched }) => effect === 'Deny' && matched);
  const open = [...kept, ...denies.flatMap(({ conditions }) => conditions.filter(isOpen))];
  const keys = [...new Set(open.map(({ unknownKey }) => unknownKey))].filter((key) => key !== undefined);
  const conditions = open.map(
    ({ operator, key, expected }) => `${operator} on "${key}" with ${alternatives(expected)} holds`,
  );
  const denying =
    denies.length === 0
      ? ''
      : ` ${denies.map(({ path }) => path).join(' and ')} would deny it where its conditions hold.`;
  return {
    verdict: 'unknown',
    cause: 'request-unknown',
    summary: `All else in ${allow.path} admits this token. Whether ${conditions.join(', and whether ')} cannot be judged here: ${keys.map(whyUnknown).join('; ')}.${denying}`,
    path: allow.path,
    conditions: open.map(failing),
    fix: `Give the value of ${keys.map((key) => `"${key}"`).join(' and ')} that AWS sees in the request, to have the condition judged. If AWS refused the token, and the role has this very policy, that condition decided so: change what the request has there, or what the policy says of it.`,
    kept,
  };
}

function isOpen({ unknownKey }: ConditionTrace): boolean {
  return unknownKey !== undefined;
}

function failing({ operator, key, expected, observed, unknownKey }: ConditionTrace): FailingCondition {
  return { operator, key, expected, observed, ...(unknownKey === undefined ? {} : { unknownKey }) };
}

function explainAllow({ path }: StatementTrace): Explained {
  return {
    verdict: 'allowed',
    cause: 'allowed',
    summary: `${path} admits this token.`,
    path,
    conditions: [],
    fix: 'Nothing in the trust policy needs to change. If AWS still refuses: a change in IAM takes some seconds to work, and a role that does not exist is refused in the same words.',
  };
}

function explainDeny(deny: StatementTrace): Explained {
  const because = deny.conditions.map(
    ({ operator, key, expected, observed }) =>
      `${operator} on "${key}" with ${alternatives(expected)} holds for ${observed === undefined ? 'a token without it' : alternatives(observed)}`,
  );
  return {
    verdict: 'denied',
    cause: 'explicit-deny',
    summary: `${deny.path} denies this token${because.length === 0 ? '' : `: ${because.join('; ')}`}. A Deny wins over every Allow.`,
    path: deny.path,
    conditions: deny.conditions.map(failing),
    fix: `Remove ${deny.path}, or narrow it so that it does not cover this token.`,
  };
}

function explainFurtherAction({ action, why }: FurtherAction): Explained {
  return {
    verdict: 'denied',
    cause: action === 'sts:TagSession' ? 'tag-session-missing' : 'source-identity-missing',
    summary: `The policy allows sts:AssumeRoleWithWebIdentity, but ${why}, for which it must allow ${action} as well.`,
    conditions: [],
    fix: `Write "Action": ["sts:AssumeRoleWithWebIdentity", "${action}"] in the statement that admits the token.`,
  };
}

function explainNearest(question: Question, trace: readonly StatementTrace[]): Explained {
  const [nearest] = pairs(lintedPolicy(question.document).statements, trace)
    .filter(([, { effect }]) => effect === 'Allow')
    .map(([linted, traced]) => ({ linted, traced }))
    .toSorted((one, other) => distance(one, question.identity) - distance(other, question.identity));
  if (nearest === undefined) {
    return {
      verdict: 'denied',
      cause: 'no-allow',
      summary: 'The policy has no Allow statement, so it admits nobody.',
      conditions: [],
      fix: 'Add a statement that admits this token.',
    };
  }
  const { path, conditions } = nearest.traced;
  return {
    verdict: 'denied',
    ...diagnose(nearest, question),
    path,
    conditions: conditions.filter(({ matched }) => !matched).map(failing),
    kept: conditions.filter(isOpen),
  };
}

interface Candidate {
  readonly linted: LintedStatement;
  readonly traced: StatementTrace;
}

/** A statement for the right provider is nearer than any other; then the one with the fewest certain misses. */
function distance({ linted, traced }: Candidate, { issuer }: TokenIdentity): number {
  const system = recogniseIssuer(issuer)?.provider.id;
  const rank = traced.principalMatched
    ? 0
    : linted.issuers.includes(issuerPath(issuer))
      ? 1
      : linted.issuers.some((path) => recogniseIssuer(path)?.provider.id === system)
        ? 2
        : 3;
  const misses = traced.conditions.filter((condition) => !mayHold(condition)).length + (traced.actionMatched ? 0 : 1);
  return rank * 1_000_000 + misses;
}

/** What to mend first: a condition that cannot work whatever the token, before one that only this token fails. */
const ORDER: readonly CauseId[] = [
  'unknown-operator',
  'provider-arn-as-key',
  'scheme-in-key',
  'key-other-issuer',
  'unsupported-key',
  'placeholder',
];

function diagnose({ linted, traced }: Candidate, question: Question): Diagnosis {
  const { claims, identity, providerArn, admitting } = question;
  if (!traced.principalMatched) return diagnosePrincipal(linted, identity.issuer, providerArn);
  if (!traced.actionMatched) {
    const { action } = linted.statement;
    const written = `${action.negated ? 'everything but ' : ''}${alternatives(action.patterns)}`;
    return {
      cause: 'action-missing',
      summary: `${traced.path} allows ${written}, but a web identity token asks for "sts:AssumeRoleWithWebIdentity".`,
      fix: `Write "Action": "sts:AssumeRoleWithWebIdentity" in ${traced.path}.`,
    };
  }
  // At least one condition fails for certain: a statement that could match in everything is explained before.
  const { summary, ...first } = pairs(linted.conditions, traced.conditions)
    .filter(([, trace]) => !mayHold(trace))
    .map(([condition, trace]) =>
      diagnoseCondition({ trace, linted: condition, claims, sub: identity.sub, statement: admitting }),
    )
    .toSorted((one, other) => rankOf(one.cause) - rankOf(other.cause))
    .reduce(inTurn);
  const open = traced.conditions.flatMap(({ operator, key, unknownKey }) =>
    unknownKey === undefined ? [] : [` ${operator} on "${key}" may hold or not: ${whyUnknown(unknownKey)}.`],
  );
  return { ...first, summary: `In ${traced.path}, ${summary}`, fix: `${first.fix}${open.join('')}` };
}

function inTurn(first: Diagnosis, next: Diagnosis): Diagnosis {
  return { ...first, fix: `${first.fix} Then: ${next.summary}` };
}

function rankOf(cause: CauseId): number {
  const rank = ORDER.indexOf(cause);
  return rank === -1 ? ORDER.length : rank;
}

/** Why AWS refuses a token without an identity, whatever the policy says. */
function refusedIdentity(claims: Claims): Diagnosis {
  const missing = missingClaims(claims);
  if (missing.length > 0) {
    return {
      cause: 'token-incomplete',
      summary: `The token has no ${missing.map((claim) => `"${claim}"`).join(', ')}; AWS requires "iss", "sub" and "aud".`,
      fix: 'Use the identity token of the CI job, not an access token of another service.',
    };
  }
  const audiences = textList(claims['aud']).map((audience) => `"${audience}"`);
  const bitbucket = recogniseIssuer(String(claims['iss']))?.provider.id === 'bitbucket';
  return {
    cause: 'token-many-audiences',
    summary: `The token has the audiences ${audiences.join(', ')} and no authorized party (azp); AWS takes one audience only and refuses the token before it reads the trust policy.`,
    fix: bitbucket ? 'Remove "oidc: audiences:" from this step.' : 'Ask for a token with one audience.',
  };
}

function withoutPolicy({ issuer, sub, audience }: TokenIdentity, statement: TrustStatement | undefined): Diagnosis {
  const provider = statement?.Principal.Federated ?? `the provider of "${issuerPath(issuer)}"`;
  return {
    cause: 'no-policy',
    summary: `AWS looks for ${provider}; the token has the audience "${audience}" and the subject "${sub}".`,
    fix:
      statement === undefined
        ? 'Compare them with the trust policy of the role.'
        : 'Compare them with the trust policy of the role. The statement given admits this token.',
  };
}
