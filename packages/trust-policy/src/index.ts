/**
 * IAM trust for CI identity tokens: generate, lint, evaluate, explain. Pure: no I/O, no AWS SDK, no dependencies.
 *
 * Policies and claims are untrusted input everywhere. Text this package returns quotes them; whoever prints it makes
 * control characters and commands in it harmless.
 */

export { narrowerJob } from './ci-systems/narrower-job.ts';
export type { Issuer, Provider, ProviderId } from './ci-systems/providers.ts';
export { guardedClaim, PROVIDERS, provider, recogniseIssuer } from './ci-systems/providers.ts';
export type {
  AzureEntraSubject,
  AzurePipelineSubject,
  AzureServiceConnectionSubject,
  BitbucketSubject,
  BuildkiteSubject,
  CircleCiSubject,
  GitHubSubject,
  GitLabSubject,
  HcpTerraformSubject,
  Subject,
} from './ci-systems/subject.ts';
export { parseSubject } from './ci-systems/subject.ts';
export type {
  AzureDevOpsScope,
  BitbucketScope,
  BuildkiteScope,
  CircleCiScope,
  GenerateRequest,
  GitHubScope,
  GitLabScope,
  HcpTerraformScope,
  TrustScope,
  TrustTarget,
} from './ci-systems/trust-scope.ts';
export { CAUSES, type CauseId } from './explain/causes.ts';
export { explain } from './explain/explain.ts';
export type { ExplainOptions, Explanation, FailingCondition } from './explain/explanation.ts';
export type { GeneratedTrust } from './generate/generate.ts';
export { generate } from './generate/generate.ts';
export { generateAll } from './generate/generate-all.ts';
export type {
  CdkDeployPermission,
  CloudFormationDeployPermission,
  CloudFrontInvalidationPermission,
  EcrPushPermission,
  Permission,
  PermissionPolicy,
  PermissionStatement,
  PermissionTarget,
  S3SyncPermission,
} from './generate/permissions.ts';
export { permissionPolicy } from './generate/permissions.ts';
export { ScopeError, type ScopeProblem } from './generate/scope-error.ts';
export type { LintRule } from './lint/lint.ts';
export { LINT_RULES, lint } from './lint/lint.ts';
export type { Finding, LintOptions, Severity } from './lint/rule.ts';
export type { ProviderArn, RoleArn } from './policy/arn.ts';
export { issuerPath, parseProviderArn, parseRoleArn, providerArnFor } from './policy/arn.ts';
export type { SessionPolicyRequest } from './policy/evaluate-policy.ts';
export { evaluatePolicy, evaluateSessionPolicy } from './policy/evaluate-policy.ts';
export type * from './policy/model.ts';
export { PolicySyntaxError } from './policy/policy-document.ts';
export { renderAwsCli } from './render/aws-cli.ts';
export { renderCloudFormation } from './render/cloudformation.ts';
export type { TemplateRequest } from './render/template.ts';
export { renderTerraform } from './render/terraform.ts';
export { statementFor } from './token/statement-for.ts';
export type { TrustPolicy, TrustStatement } from './token/trust-statement.ts';
export { evaluate, webIdentityContext } from './token/web-identity.ts';
