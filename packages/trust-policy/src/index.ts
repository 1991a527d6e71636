export type { ProviderArn, RoleArn } from './arn.ts';
export { issuerPath, parseProviderArn, parseRoleArn, providerArnFor } from './arn.ts';
export type { SessionPolicyRequest } from './evaluate-policy.ts';
export { evaluatePolicy, evaluateSessionPolicy } from './evaluate-policy.ts';
export type * from './model.ts';
export { PolicySyntaxError } from './policy-document.ts';
export type { Issuer, Provider, ProviderId } from './providers.ts';
export { PROVIDERS, provider, recogniseIssuer } from './providers.ts';
export { evaluate, webIdentityContext } from './web-identity.ts';
