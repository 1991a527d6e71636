/** Checks of `aws-oidc doctor`, which a failed run of pipe and task uses too. Nothing loads them before a failure. */
export { causeAmong } from './cause.ts';
export { fail, ok, skip, warn } from './check.ts';
export { clockChecks } from './clock.ts';
export { environmentChecks } from './environment.ts';
export { failedCheck } from './failed-check.ts';
export { issuerFetcher } from './fetch-json.ts';
export { issuerChecks } from './issuer.ts';
export { networkChecks } from './network.ts';
export { stsChecks } from './sts.ts';
export { REQUIRED_CLAIMS, tokenChecks } from './token.ts';
