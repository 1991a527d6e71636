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
import {
  admittingStatement,
  jobsAdmittedFor,
  namesOneOwner,
  type TokenIdentity,
  tokenIdentity,
} from '../token/statement-for.ts';
import type { TrustStatement } from '../token/trust-statement.ts';
import { evaluate } from '../token/web-identity.ts';
import { sentence } from './diagnosis.ts';
import { explainEvaluation } from './evaluation-explanation.ts';
import type { ExplainOptions, Explanation, ExplanationParts } from './explanation.ts';

/**
 * Explains why a token cannot assume a role, and how to fix it.
 *
 * @param policy the role's trust policy, untrusted: JSON text or the parsed object. Undefined if it is not available.
 * @throws RangeError if `roleArn` is not the ARN of an IAM role.
 */
export function explain(claims: Claims, policy: unknown, options: ExplainOptions = {}): Explanation {
  const { roleArn } = options;
  const unusable = issuerRefusal(claims) ?? sizeRefusal(claims);
  if (claims['iss'] !== undefined && unusable !== undefined) return refused(unusableToken(unusable));
  const identity = tokenIdentity(claims);
  if (identity === undefined) return refused(refusedIdentity(claims));
  const providerArn = roleArn === undefined ? undefined : providerArnFor(identity.issuer, roleArn);
  // The conditions are the same for every role, so they can be proposed for an unknown role.
  const admitting = admittingStatement(claims, identity, providerArn ?? providerArnFor(identity.issuer, ANY_ROLE));
  const statement = providerArn === undefined ? undefined : admitting;
  const refusal = roleRefusal(claims, roleArn);
  if (refusal !== undefined) return { ...refused(roleNotListed(refusal, roleArn)), statement };
  if (policy === undefined) return { ...withoutPolicy(claims, identity, statement), conditions: [], statement };
  let document: PolicyDocument<RoleStatement>;
  try {
    document = parseTrustPolicy(policy);
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error;
    const fix = 'Correct the policy there. IAM refuses it as it is.';
    return { ...refused({ cause: 'policy-syntax', summary: error.message, fix }), statement };
  }
  const job = { identity, admitting, namesOwner: namesOneOwner(claims, identity) };
  const parts = explainEvaluation(
    { claims, job, options, document, providerArn },
    evaluate(policy, { claims, ...options }),
  );
  return explanationOf(parts, providerArn !== undefined);
}

/** Puts the parts together. */
function explanationOf({ fix, statement, ...parts }: ExplanationParts, isRoleKnown: boolean): Explanation {
  const { text, patch, widens, narrow } = fix;
  return {
    ...parts,
    fix: text,
    ...(narrow === undefined ? {} : { narrowFix: narrow }),
    ...(patch === undefined ? {} : { patch }),
    widens,
    statement: isRoleKnown ? statement : undefined,
  };
}

const ANY_ROLE = 'arn:aws:iam::000000000000:role/any';

/** A refusal that no policy can change. */
interface TokenRefusal extends Pick<Explanation, 'cause' | 'summary' | 'fix'> {}

function refused(refusal: TokenRefusal): Explanation {
  return { verdict: 'denied', ...refusal, widens: false, conditions: [], statement: undefined };
}

function roleNotListed(refusal: string, roleArn: string | undefined): TokenRefusal {
  const fix = `Let the CI system list ${roleArn} in the claim "${AWS_CLAIMS.roles}".`;
  return { cause: 'role-not-listed', summary: sentence(refusal), fix };
}

function unusableToken(refusal: string): TokenRefusal {
  const fix = 'Use the identity token of the CI job, as the CI system issued it.';
  return { cause: 'token-unusable', summary: sentence(refusal), fix };
}

/** Explains why AWS refuses a token without an identity under any policy. */
function refusedIdentity(claims: Claims): TokenRefusal {
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

function withoutPolicy(claims: Claims, identity: TokenIdentity, statement: TrustStatement | undefined) {
  const { issuer, sub, audience } = identity;
  const provider = statement?.Principal.Federated ?? `the provider of "${issuerPath(issuer)}"`;
  const narrower = narrowerJob(identity);
  const fix = [
    'Compare them with the trust policy of the role.',
    narrower && `${narrower.lacks} ${narrower.fix}`,
    statement === undefined ? undefined : `The statement given admits ${jobsAdmittedFor(claims)}.`,
  ];
  return {
    verdict: 'unknown',
    cause: 'no-policy',
    summary: `AWS looks for ${provider}; the token has the audience "${audience}" and the subject "${sub}".`,
    fix: fix.filter((one) => one !== undefined).join(' '),
    // The purpose of the role is unknown.
    widens: true,
  } as const;
}
