import { ciSystem } from '../ci-systems/index.ts';
import { recogniseIssuer } from '../ci-systems/issuer.ts';
import { narrowerJob } from '../ci-systems/subject.ts';
import { issuerPath, providerArnFor } from '../policy/arn.ts';
import { textList } from '../policy/claims.ts';
import type { Claims } from '../policy/model.ts';
import {
  type PolicyDocument,
  PolicySyntaxError,
  parseTrustPolicy,
  type RoleStatement,
} from '../policy/policy-document.ts';
import { AWS_CLAIMS } from '../token/aws-claims.ts';
import { issuerRefusal, missingClaims, roleRefusal, sizeRefusal } from '../token/refusals.ts';
import { admittingStatement, type TokenIdentity, tokenIdentity } from '../token/statement-for.ts';
import { type TrustStatement, withConditions } from '../token/trust-statement.ts';
import { evaluate } from '../token/web-identity.ts';
import { type Diagnosis, sentence } from './diagnosis.ts';
import { explainEvaluation } from './evaluation-explanation.ts';
import type { ExplainOptions, Explanation, Question } from './explanation.ts';

/**
 * Explains what keeps a token from assuming a role, and how to fix it.
 *
 * @param policy the role's trust policy, untrusted: JSON text or the parsed object. Undefined if it is not available.
 * @throws RangeError if `roleArn` is not the ARN of an IAM role.
 */
export function explain(claims: Claims, policy: unknown, options: ExplainOptions = {}): Explanation {
  const { roleArn } = options;
  const unusable = issuerRefusal(claims) ?? sizeRefusal(claims);
  if (claims['iss'] !== undefined && unusable !== undefined) {
    return { verdict: 'denied', ...unusableToken(unusable), conditions: [], statement: undefined };
  }
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
  // The conditions are the same for every role, so they can be proposed for an unknown role.
  const admitting = statement ?? admittingStatement(identity, providerArnFor(identity.issuer, ANY_ROLE));
  const question: Question = { claims, identity, options, document, providerArn, admitting };
  const { kept = [], ...explained } = explainEvaluation(question, evaluation);
  return { ...explained, statement: statement && withConditions(statement, kept) };
}

const ANY_ROLE = 'arn:aws:iam::000000000000:role/any';

function unusableToken(refusal: string): Diagnosis {
  const fix = 'Use the identity token of the CI job, as the CI system issued it.';
  return { cause: 'token-unusable', summary: sentence(refusal), fix };
}

/** Explains why AWS refuses a token without an identity, whatever the policy. */
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
  const issuer = recogniseIssuer(String(claims['iss']));
  return {
    cause: 'token-many-audiences',
    summary: `The token has the audiences ${audiences.join(', ')} and no authorized party (azp); AWS takes one audience only and refuses the token before it reads the trust policy.`,
    fix: (issuer && ciSystem(issuer.provider.id).manyAudiencesFix) ?? 'Ask for a token with one audience.',
  };
}

function withoutPolicy(identity: TokenIdentity, statement: TrustStatement | undefined): Diagnosis {
  const { issuer, sub, audience } = identity;
  const provider = statement?.Principal.Federated ?? `the provider of "${issuerPath(issuer)}"`;
  const fix = [
    'Compare them with the trust policy of the role.',
    narrowerJob(identity),
    statement === undefined ? undefined : 'The statement given admits this token.',
  ];
  return {
    cause: 'no-policy',
    summary: `AWS looks for ${provider}; the token has the audience "${audience}" and the subject "${sub}".`,
    fix: fix.filter((one) => one !== undefined).join(' '),
  };
}
