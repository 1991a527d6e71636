/**
 * IAM trust for CI identity tokens: generate, lint, evaluate, explain. Pure: no I/O, no AWS SDK, no dependencies.
 *
 * Policies and claims are untrusted input. Returned text quotes them, so callers must make control characters and log
 * commands in it harmless before printing it.
 */

export type {
  AzureDevOpsScope,
  AzureEntraSubject,
  AzurePipelineSubject,
  AzureServiceConnectionSubject,
} from './ci-systems/azure-devops.ts';
export type { BitbucketScope } from './ci-systems/bitbucket.ts';
export type { BitbucketSubject } from './ci-systems/bitbucket-subject.ts';
export type { BuildkiteScope, BuildkiteSubject } from './ci-systems/buildkite.ts';
export type { CircleCiScope, CircleCiSubject } from './ci-systems/circleci.ts';
export type { GitHubScope, GitHubSubject } from './ci-systems/github.ts';
export type { GitLabScope, GitLabSubject } from './ci-systems/gitlab.ts';
export type { HcpTerraformScope, HcpTerraformSubject } from './ci-systems/hcp-terraform.ts';
export { type ProviderId, type Subject, scopeFields, type TrustScope } from './ci-systems/index.ts';
export { guardedClaim, type Issuer, PROVIDERS, type Provider, provider, recogniseIssuer } from './ci-systems/issuer.ts';
export type { PipelineFile } from './ci-systems/pipeline-plan.ts';
export { ScopeError, type ScopeProblem } from './ci-systems/scope-error.ts';
export { narrowerJob, parseSubject, renamableParts } from './ci-systems/subject.ts';
export { CAUSES, type CauseId } from './explain/causes.ts';
export { explain } from './explain/explain.ts';
export type { ExplainOptions, Explanation, FailingCondition } from './explain/explanation.ts';
export type { Fix } from './fix/fix.ts';
export { applyPatch, type Patch, type PatchOperation } from './fix/json-patch.ts';
export { type GeneratedTrust, type GenerateRequest, generate, type TrustTarget } from './generate/generate.ts';
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
export { partitionOfRegion, permissionPolicy } from './generate/permissions.ts';
export { applyFixes, type FixedPolicy, type FixOptions } from './lint/apply-fixes.ts';
export type { LintRule } from './lint/lint.ts';
export { LINT_RULES, lint } from './lint/lint.ts';
export type { Finding, LintOptions, Severity } from './lint/rule.ts';
export type { ProviderArn, RoleArn } from './policy/arn.ts';
export { issuerPath, parseProviderArn, parseRoleArn, providerArnFor } from './policy/arn.ts';
export type { SessionPolicyRequest } from './policy/evaluate-policy.ts';
export { evaluatePolicy, evaluateSessionPolicy } from './policy/evaluate-policy.ts';
export { containerTextAt, findDuplicateMember } from './policy/json-text.ts';
export type * from './policy/model.ts';
export { PolicySyntaxError } from './policy/policy-document.ts';
export { isMappedClaimKey } from './policy/unknown-keys.ts';
export { renderAwsCli } from './render/aws-cli.ts';
export { renderCloudFormation } from './render/cloudformation.ts';
export { type PipelineRequest, renderPipelineFile } from './render/pipeline-file.ts';
export type { TemplateRequest } from './render/template.ts';
export { renderTerraform, renderTerraformProvider, type TerraformProvider } from './render/terraform.ts';
export { findJsonError, type JsonError } from './text/json-error.ts';
export { jobsAdmittedFor, statementFor } from './token/statement-for.ts';
export type { TrustPolicy, TrustStatement } from './token/trust-statement.ts';
export { evaluate, webIdentityContext } from './token/web-identity.ts';
