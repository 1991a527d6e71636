/** Functions of trust-policy that a diagnosis needs. Loading them through one module keeps the rest out of the bundles. */
export {
  explain,
  jobsAdmittedFor,
  lint,
  narrowerJob,
  providerArnFor,
  statementFor,
} from '@aws-oidc-assume/trust-policy';
