import { issuerPath, providerArnFor } from '../arn.ts';
import { text, textList } from '../claims.ts';
import { type LintedStatement, lintedPolicy } from '../lint/rule.ts';
import type { Claims, Context, Evaluation, StatementTrace } from '../model.ts';
import { type PolicyDocument, PolicySyntaxError, parsePolicy } from '../policy-document.ts';
import { recogniseIssuer } from '../providers.ts';
import { statementFor } from '../statement-for.ts';
import type { TrustStatement } from '../trust-statement.ts';
import { AWS_CLAIMS, deniedFurtherAction, evaluate, type FurtherAction, tokenRefusal } from '../web-identity.ts';
import type { CauseId } from './causes.ts';
import { diagnoseCondition } from './condition-diagnosis.ts';
import { alternatives, type Diagnosis, sentence } from './diagnosis.ts';
import { diagnosePrincipal } from './principal-diagnosis.ts';

/** One condition that fails in the statement explained. */
export interface FailingCondition {
  readonly operator: string;
  readonly key: string;
  readonly expected: readonly string[];
  /** Undefined where the request has no such key. */
  readonly observed: readonly string[] | undefined;
}

/**
 * Why a token is admitted or refused. Its sentences quote the token and the policy: treat them as untrusted text where
 * they are printed.
 */
export interface Explanation {
  /** `unknown`: there was no policy to compare with. */
  readonly verdict: 'allowed' | 'denied' | 'unknown';
  readonly cause: CauseId;
  readonly summary: string;
  /** The statement that admits or refuses the token, or comes nearest to admitting it, e.g. `Statement[0]`. */
  readonly path?: string;
  /** What fails there; of a Deny, what matches. */
  readonly conditions: readonly FailingCondition[];
  readonly fix: string;
  /** The statement that would admit this token. Undefined without a role ARN, or where no policy can admit the token. */
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
  const statement = roleArn === undefined ? undefined : statementFor(claims, { roleArn });
  const refused = refusedToken(claims, roleArn);
  if (refused !== undefined) return { verdict: 'denied', ...refused, conditions: [], statement };
  if (policy === undefined) return { verdict: 'unknown', ...withoutPolicy(claims, roleArn), conditions: [], statement };
  let document: PolicyDocument;
  try {
    document = parsePolicy(policy, 'trust');
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error;
    const fix = 'Mend the policy there; IAM refuses it as it is.';
    return { verdict: 'denied', cause: 'policy-syntax', summary: error.message, conditions: [], fix, statement };
  }
  const evaluation = evaluate(policy, { claims, ...options });
  // Its conditions are the same for every role, so they can be proposed without knowing which.
  const admitting = statement ?? statementFor(claims, { roleArn: ANY_ROLE });
  return { ...explainEvaluation(evaluation, document, claims, options, admitting), statement };
}

const ANY_ROLE = 'arn:aws:iam::000000000000:role/any';

type Explained = Omit<Explanation, 'statement'>;

function explainEvaluation(
  evaluation: Evaluation,
  document: PolicyDocument,
  claims: Claims,
  options: ExplainOptions,
  statement: TrustStatement | undefined,
): Explained {
  const { decision, reason, trace } = evaluation;
  const deciding = trace.find(({ matched, effect }) => matched && (effect === 'Deny' || decision === 'allow'));
  if (decision === 'allow') {
    return {
      verdict: 'allowed',
      cause: 'allowed',
      summary: `${deciding?.path ?? 'The policy'} admits this token.`,
      ...(deciding === undefined ? {} : { path: deciding.path }),
      conditions: [],
      fix: 'Nothing in the trust policy needs to change. If AWS still refuses: a change in IAM takes some seconds to work, and a role that does not exist is refused in the same words.',
    };
  }
  if (reason === 'explicit-deny' && deciding !== undefined) return explainDeny(deciding);
  const further = deniedFurtherAction(document, { claims, ...options });
  if (evaluation.note !== undefined && further !== undefined) return explainFurtherAction(further);
  return explainNearest(trace, document, claims, options.roleArn, statement);
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
    conditions: deny.conditions.map(({ operator, key, expected, observed }) => ({ operator, key, expected, observed })),
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

function explainNearest(
  trace: readonly StatementTrace[],
  document: PolicyDocument,
  claims: Claims,
  roleArn: string | undefined,
  statement: TrustStatement | undefined,
): Explained {
  const issuer = text(claims['iss']) ?? '';
  const candidates = lintedPolicy(document).statements.flatMap((linted, index) => {
    const traced = trace[index];
    return traced === undefined || traced.effect === 'Deny' ? [] : [{ linted, traced }];
  });
  const [nearest] = candidates.toSorted((one, other) => distance(one, issuer) - distance(other, issuer));
  if (nearest === undefined) {
    return {
      verdict: 'denied',
      cause: 'no-allow',
      summary: 'The policy has no Allow statement, so it admits nobody.',
      conditions: [],
      fix: 'Add a statement that admits this token.',
    };
  }
  const { traced } = nearest;
  const failing = traced.conditions.filter(({ matched }) => !matched);
  const diagnosis = diagnose(nearest, claims, issuer, roleArn, statement);
  return {
    verdict: 'denied',
    ...diagnosis,
    path: traced.path,
    conditions: failing.map(({ operator, key, expected, observed }) => ({ operator, key, expected, observed })),
  };
}

interface Candidate {
  readonly linted: LintedStatement;
  readonly traced: StatementTrace;
}

/** A statement for the right provider is nearer than any other; then the one with the fewest misses. */
function distance({ linted, traced }: Candidate, issuer: string): number {
  const path = issuerPath(issuer);
  const system = recogniseIssuer(issuer)?.provider.id;
  const rank = traced.principalMatched
    ? 0
    : linted.federated.some(({ issuerPath: named }) => named === path)
      ? 1
      : system !== undefined && linted.federated.some((principal) => principal.issuer?.provider.id === system)
        ? 2
        : 3;
  const misses = traced.conditions.filter(({ matched }) => !matched).length + (traced.actionMatched ? 0 : 1);
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

function diagnose(
  { linted, traced }: Candidate,
  claims: Claims,
  issuer: string,
  roleArn: string | undefined,
  statement: TrustStatement | undefined,
): Diagnosis {
  if (!traced.principalMatched) {
    return diagnosePrincipal(linted, issuer, roleArn === undefined ? undefined : providerArnFor(issuer, roleArn));
  }
  if (!traced.actionMatched) {
    const { action } = linted.statement;
    const written = `${action.negated ? 'everything but ' : ''}${alternatives(action.patterns)}`;
    return {
      cause: 'action-missing',
      summary: `${traced.path} allows ${written}, but a web identity token asks for "sts:AssumeRoleWithWebIdentity".`,
      fix: `Write "Action": "sts:AssumeRoleWithWebIdentity" in ${traced.path}.`,
    };
  }
  const diagnoses = traced.conditions.flatMap((condition, index) => {
    const written = linted.conditions[index];
    if (condition.matched || written === undefined) return [];
    return [diagnoseCondition({ trace: condition, linted: written, claims, statement })];
  });
  const [first, ...others] = diagnoses.toSorted((one, other) => rankOf(one.cause) - rankOf(other.cause));
  if (first === undefined)
    return {
      cause: 'condition-failed',
      summary: `${traced.path} does not match.`,
      fix: 'Let the statement match this token.',
    };
  const summary = `In ${traced.path}, ${first.summary}`;
  if (others.length === 0) return { ...first, summary };
  return { ...first, summary, fix: `${first.fix} ${others.map(({ summary: also }) => `Then: ${also}`).join(' ')}` };
}

function rankOf(cause: CauseId): number {
  const rank = ORDER.indexOf(cause);
  return rank === -1 ? ORDER.length : rank;
}

/** What AWS refuses whatever the policy says. */
function refusedToken(claims: Claims, roleArn: string | undefined): Diagnosis | undefined {
  const missing = ['iss', 'sub', 'aud'].filter((claim) => textList(claims[claim]).length === 0);
  if (missing.length > 0) {
    return {
      cause: 'token-incomplete',
      summary: `The token has no ${missing.map((claim) => `"${claim}"`).join(', ')}; AWS requires "iss", "sub" and "aud".`,
      fix: 'Use the identity token of the CI job, not an access token of another service.',
    };
  }
  const refusal = tokenRefusal({ claims, ...(roleArn === undefined ? {} : { roleArn }) });
  if (refusal === undefined) return undefined;
  const audiences = textList(claims['aud']);
  if (audiences.length > 1 && text(claims['azp']) === undefined) {
    const bitbucket = recogniseIssuer(text(claims['iss']) ?? '')?.provider.id === 'bitbucket';
    return {
      cause: 'token-many-audiences',
      summary: `The token has the audiences ${audiences.map((audience) => `"${audience}"`).join(', ')} and no authorized party (azp); AWS takes one audience only and refuses the token before it reads the trust policy.`,
      fix: bitbucket ? 'Remove "oidc: audiences:" from this step.' : 'Ask for a token with one audience.',
    };
  }
  return {
    cause: 'role-not-listed',
    summary: sentence(refusal),
    fix: `Let the CI system list ${roleArn ?? 'the role'} in the claim "${AWS_CLAIMS.roles}".`,
  };
}

function withoutPolicy(claims: Claims, roleArn: string | undefined): Diagnosis {
  const issuer = text(claims['iss']) ?? '';
  const provider = roleArn === undefined ? `the provider of "${issuerPath(issuer)}"` : providerArnFor(issuer, roleArn);
  return {
    cause: 'no-policy',
    summary: `AWS looks for ${provider}; the token has the audience ${alternatives(textList(claims['aud']))} and the subject "${text(claims['sub'])}".`,
    fix: 'Compare them with the trust policy of the role. The statement given admits this token.',
  };
}
