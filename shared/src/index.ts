export { assumeRole, type Outcome } from './assume-role.ts';
export { AssumedCredentials } from './assumed-credentials.ts';
export {
  awsEnvironment,
  CONFLICTING_VARIABLES,
  CREDENTIAL_VARIABLES,
  type EnvironmentVariable,
  regionVariables,
  revealed,
} from './aws-environment.ts';
export { configHeader, credentialsSection, withSection } from './aws-profile-files.ts';
export type { CiSystem, Published, Session } from './ci-system.ts';
export { classify, type Verdict } from './classify.ts';
export type { Edges } from './edges.ts';
export { FAILURES, Failure, type FailureCode, type OptionProblem } from './failure.ts';
export { IdentityToken } from './identity-token.ts';
export { type Log, silentLog } from './log.ts';
export {
  isLoopback,
  Problem,
  parseBoolean,
  parseEndpoint,
  parseRegion,
  refuseUndefinedVariable,
} from './option-values.ts';
export {
  type GivenOption,
  type GivenOptions,
  invalidOptions,
  OPTION_KEYS,
  type OptionKey,
  type OptionRules,
  type Options,
  parseOptions,
} from './options.ts';
export { shellWord } from './posix-shell.ts';
export {
  foreignFile,
  type Owner,
  type PrivateFile,
  privateFiles,
  privateFolder,
  removeFolders,
  statOf,
} from './private-files.ts';
export {
  agentThrough,
  type ProxyFor,
  proxyOfEnvironment,
  proxyProblem,
  proxyProblems,
} from './proxy.ts';
export { redacted } from './redact.ts';
export { partitionOf, stsEndpointOf } from './region.ts';
export { failureLines } from './report.ts';
export type { RunIdentity } from './run-identity.ts';
export { Secret } from './secret.ts';
export { type DecodedSessionName, decodeSessionName } from './session-name.ts';
export { systemEdges } from './system-edges.ts';
export { printable } from './text.ts';
export { requestIdentityToken, type TokenEdges, type TokenService } from './token-service.ts';
export { tracedTransport } from './traced-transport.ts';
export { type HttpAnswer, networkTransport, type Transport, TransportError } from './transport.ts';
