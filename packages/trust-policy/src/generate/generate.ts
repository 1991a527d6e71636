import type { TrustPlan } from '../ci-systems/ci-system.ts';
import { jobForms, type ProviderId, type TrustScope } from '../ci-systems/index.ts';
import { type Issuer, recogniseIssuer } from '../ci-systems/issuer.ts';
import { ScopeError } from '../ci-systems/scope-error.ts';
import { ScopeFields } from '../ci-systems/scope-fields.ts';
import { lint } from '../lint/lint.ts';
import { issuerPath, parseProviderArn } from '../policy/arn.ts';
import { literalInEquals } from '../policy/literal.ts';
import { type TrustPolicy, trustStatement } from '../token/trust-statement.ts';

/** Settings that every CI system has: the account of the role, and further conditions. */
export interface TrustTarget {
  /** Twelve digits. */
  readonly account: string;
  /** Default `aws`. */
  readonly partition?: string;
  /** Another issuer of the same CI system: a local emulator's, or a GitHub enterprise's own. */
  readonly issuer?: string;
  /** CIDR blocks the request must come from. */
  readonly sourceIps?: readonly string[];
  /** Adds sts:TagSession. Only tokens with session tags need it; those of Bitbucket and Azure DevOps have none. */
  readonly allowTagSession?: boolean;
}

export type GenerateRequest = TrustScope & TrustTarget;

export interface GeneratedTrust {
  readonly provider: ProviderId;
  /** Issuer URL for IAM's OIDC provider. */
  readonly providerUrl: string;
  /** Audiences to register with IAM's OIDC provider. It needs no thumbprint: AWS trusts these hosts' certificates. */
  readonly clientIds: readonly string[];
  readonly providerArn: string;
  readonly trustPolicy: TrustPolicy;
  /** Consequences to know before using the policy, one or two sentences each. */
  readonly notes: readonly string[];
}

const NO_POLICY = 'No trust policy can be written';

/**
 * Generates the identity provider and the trust policy for one scope. Every policy has an exact audience and a subject that
 * names at least a repository, project, pipeline or connection; an unscoped policy cannot be expressed.
 *
 * @throws ScopeError naming every field that is missing or wrong, also if the caller is not type-checked.
 */
export function generate(request: GenerateRequest): GeneratedTrust {
  const forms = jobForms(request.provider);
  if (forms === undefined) {
    throw new ScopeError(NO_POLICY, [{ field: 'provider', reason: 'is not one this package knows' }]);
  }
  const fields = new ScopeFields(request, NO_POLICY);
  const plan = forms.planTrust(fields);
  const account = fields.matching('account', /^\d{12}$/, 'must be twelve digits');
  const partition = fields.has('partition')
    ? fields.matching('partition', /^aws[a-z-]*$/, 'must be a partition such as aws or aws-cn')
    : 'aws';
  const sourceIps = fields.addressBlocks('sourceIps');
  const issuer = issuerFor(request, plan, fields);
  fields.throwIfAny();
  const providerArn = `arn:${partition}:iam::${account}:oidc-provider/${issuerPath(issuer)}`;
  const statement = trustStatement({
    providerArn,
    issuer,
    audience: literalInEquals(plan.audience),
    subject: plan.subject,
    sourceIps,
    tagSession: request.allowTagSession === true,
  });
  const trustPolicy: TrustPolicy = { Version: '2012-10-17', Statement: [statement] };
  refuseLintErrors(trustPolicy, providerArn);
  return {
    provider: request.provider,
    providerUrl: issuer,
    clientIds: [plan.audience],
    providerArn,
    trustPolicy,
    notes: plan.notes,
  };
}

function issuerFor(request: GenerateRequest, plan: TrustPlan, fields: ScopeFields): string {
  if (request.issuer === undefined) return plan.issuer;
  const issuer = fields.name('issuer');
  const recognised = recogniseIssuer(issuer);
  // The path is the issuer without its scheme. If both are equal, the issuer has no scheme.
  if (recognised?.path === issuer || recognised?.provider.id !== request.provider) {
    fields.problem('issuer', `is not an issuer URL of ${request.provider}`);
    return issuer;
  }
  if (issuer.startsWith('http://') && !recognised.local) {
    fields.problem('issuer', 'must begin with https://; http:// is for a local emulator only');
  }
  const planned = recogniseIssuer(plan.issuer);
  if (planned !== undefined) checkIssuerParts(recognised, planned, fields);
  return issuer;
}

/** The issuer must be of the same workspace or organization as the scope, and have subjects of the same form. */
function checkIssuerParts(issuer: Issuer, planned: Issuer, fields: ScopeFields): void {
  if (issuer.tenantId !== planned.tenantId) {
    fields.problem('issuer', 'has ids in its subjects, and this scope has names: leave the issuer out');
  }
  for (const [part, noun] of [
    ['workspace', 'workspace'],
    ['organizationId', 'organization'],
  ] as const) {
    const [actual, expected] = [issuer[part], planned[part]];
    if (actual !== undefined && expected !== undefined && actual.toLowerCase() !== expected.toLowerCase()) {
      fields.problem('issuer', `is of the ${noun} "${actual}", and the scope of "${expected}"`);
    }
  }
}

/** Refuses a policy that its own lint calls an error. */
export function refuseLintErrors(trustPolicy: TrustPolicy, providerArn: string): void {
  const role = parseProviderArn(providerArn);
  const roleArn = `arn:${role?.partition}:iam::${role?.account}:role/ci-deploy`;
  const problems = lint(trustPolicy, { roleArn })
    .filter(({ severity }) => severity === 'error')
    .map(({ id, message }) => ({ field: 'policy', reason: `would have the lint error ${id}: ${message}` }));
  if (problems.length > 0) throw new ScopeError(NO_POLICY, problems);
}
