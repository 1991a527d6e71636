export { assumeRole, type Outcome } from './assume-role.ts';
export { type EndpointVariant, partitionOf, stsEndpointOf } from './aws/region.ts';
export type { CiSystem, Published } from './ci-system.ts';
export type { Check } from './core/check.ts';
export type { Environment } from './core/environment.ts';
export { FAILURES, Failure, type FailureCode, type OptionProblem } from './core/failure.ts';
export { type JsonMembers, members } from './core/json-members.ts';
export { type Log, silentLog } from './core/log.ts';
export { readTextFile } from './core/read-file.ts';
export { redacted } from './core/redact.ts';
export { Secret } from './core/secret.ts';
export { printable } from './core/text.ts';
export { decodeText } from './core/text-file.ts';
export { type FailureReport, failureLines, failureReport } from './diagnosis/report.ts';
export { IdentityToken } from './identity/identity-token.ts';
export type { KnownRun, RunIdentity, SignedRun } from './identity/run-identity.ts';
export { type DecodedSessionName, decodeSessionName } from './identity/session-name.ts';
export { requestIdentityToken, type TokenRuntime, type TokenService } from './identity/token-service.ts';
export { hasCertificate, ignoredCheckSwitch } from './net/certificate-check.ts';
export { type Network, networkThrough } from './net/network.ts';
export {
  type ProxyFor,
  proxyOfEnvironment,
  proxyProblem,
  proxyProblems,
} from './net/proxy.ts';
export type { RetryLimits } from './net/retry.ts';
export { isLoopback, parseSecretUrl } from './net/secret-url.ts';
export { tracedTransport } from './net/traced-transport.ts';
export { type HttpAnswer, networkTransport, type Transport } from './net/transport.ts';
export { TransportError } from './net/transport-error.ts';
export { readEndpointVariant, variantVariables } from './options/endpoint-variant.ts';
export { mapOptions, OPTION_KEYS, type RawOptions } from './options/keys.ts';
export { invalidOptions, type Options, parseOptions } from './options/options.ts';
export { isSet, type RawOption } from './options/raw-option.ts';
export type { OptionRules, OptionValues } from './options/read.ts';
export { OptionReader } from './options/reader.ts';
export { OPTIONS, type OptionKey, type OptionRow, type TypedKey } from './options/table.ts';
export {
  Problem,
  parseBoolean,
  parseEndpoint,
  parseRegion,
  refuseUndefinedVariable,
} from './options/values.ts';
export {
  awsEnvironment,
  CONFLICTING_VARIABLES,
  CREDENTIAL_VARIABLES,
  type EnvironmentVariable,
  OLD_KEY_VARIABLES,
  plainText,
  profileFileVariables,
  regionVariables,
} from './publish/aws-environment.ts';
export {
  CONFIG_NAME,
  CREDENTIALS_NAME,
  processProfileFiles,
  profileFiles,
  profileKinds,
} from './publish/aws-profile-files.ts';
export { codeOf } from './publish/cannot-publish.ts';
export { environmentFile } from './publish/environment-file.ts';
export {
  conflictsWith,
  type ExposeContext,
  type ExposeMode,
  modeNames,
  profileOf,
} from './publish/expose-mode.ts';
export type { FileKinds, PlainKind } from './publish/file-kinds.ts';
export { type GitState, IGNORE_EVERYTHING, refuseTrackedFolder } from './publish/git-tracking.ts';
export { type OutputFile, OutputFolder, type PublishReport } from './publish/output-folder.ts';
export { shellWord, sourceLine } from './publish/posix-shell.ts';
export { processCredentials } from './publish/process-credentials.ts';
export { Seal } from './publish/seal.ts';
export type { Runtime } from './runtime.ts';
export { AssumedCredentials, type Session } from './sts/assumed-credentials.ts';
export { systemRuntime } from './system-runtime.ts';
