/** What is used of trust-policy, as one module to load when it is needed: the rest of it stays out of the bundles. */
export { explain, lint, narrowerJob, providerArnFor, statementFor } from '@aws-oidc-assume/trust-policy';
