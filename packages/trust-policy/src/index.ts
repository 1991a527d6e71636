/**
 * IAM trust for CI identity tokens: generate, lint, evaluate, explain. Pure: no I/O, no AWS SDK, no dependencies.
 *
 * Policies and claims are untrusted input everywhere. Text this package returns quotes them; whoever prints it makes
 * control characters and commands in it harmless.
 */
export type { ProviderArn, RoleArn } from './arn.ts';
export { issuerPath, parseProviderArn, parseRoleArn, providerArnFor } from './arn.ts';
export type { SessionPolicyRequest } from './evaluate-policy.ts';
export { evaluatePolicy, evaluateSessionPolicy } from './evaluate-policy.ts';
export { CAUSES, type CauseId } from './explain/causes.ts';
export { explain } from './explain/explain.ts';
export type { ExplainOptions, Explanation, FailingCondition } from './explain/explanation.ts';
export type { GeneratedTrust } from './generate.ts';
export { generate } from './generate.ts';
export type { LintRule } from './lint/lint.ts';
export { LINT_RULES, lint } from './lint/lint.ts';
export type { Finding, LintOptions, Severity } from './lint/rule.ts';
export type * from './model.ts';
export { narrowerJob } from './narrower-job.ts';
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
} from './permissions.ts';
export { permissionPolicy } from './permissions.ts';
export { PolicySyntaxError } from './policy-document.ts';
export type { Issuer, Provider, ProviderId } from './providers.ts';
export { guardedClaim, PROVIDERS, provider, recogniseIssuer } from './providers.ts';
export { renderAwsCli } from './render/aws-cli.ts';
export { renderCloudFormation } from './render/cloudformation.ts';
export type { TemplateRequest } from './render/template.ts';
export { renderTerraform } from './render/terraform.ts';
export { ScopeError, type ScopeProblem } from './scope-error.ts';
export { statementFor } from './statement-for.ts';
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
} from './subject.ts';
export { parseSubject } from './subject.ts';
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
} from './trust-scope.ts';
export type { TrustPolicy, TrustStatement } from './trust-statement.ts';
export { evaluate, webIdentityContext } from './web-identity.ts';
