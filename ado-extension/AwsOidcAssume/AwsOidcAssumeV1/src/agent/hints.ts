import type { Failure, FailureCode } from '@aws-oidc-assume/shared';

/** What heals a failure on an agent, where that is done otherwise than elsewhere. */
const HINTS: Partial<Record<FailureCode, string>> = {
  TokenMalformed: 'Run the job again; if it persists, look at the status page of Azure DevOps.',
  ProxyRefused:
    'Have the proxy allow the endpoint named above; where it asks for a user (HTTP 407), set the agent up with --proxyurl, --proxyusername and --proxypassword.',
  CertificateNotTrusted:
    "Where a proxy inspects TLS, set the agent up with its CA certificate (--sslcacert), or name that in NODE_EXTRA_CA_CERTS of the agent's environment; else somebody stands between this machine and the service.",
};

/** The failure with this system's own hint, where there is nothing more exact to say. */
export function hinted(failure: Failure): Failure {
  const hint = HINTS[failure.code];
  const { changes = [] } = failure.details;
  return hint === undefined || changes.length > 0 ? failure : failure.with({ changes: [hint] });
}
