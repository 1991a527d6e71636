import type { Failure, FailureCode } from '@aws-oidc-assume/shared';

/** Fixes that are different on an agent. */
const HINTS: Partial<Record<FailureCode, string>> = {
  TokenMalformed: 'Run the job again. If it fails again, look at the status page of Azure DevOps.',
  ProxyRefused:
    'Allow the endpoint in the proxy. If the proxy asks for a sign-in (HTTP 407), configure the agent with --proxyurl, --proxyusername and --proxypassword.',
  CertificateNotTrusted:
    "If a proxy inspects TLS, configure the agent with its CA certificate (--sslcacert), or name the file in NODE_EXTRA_CA_CERTS of the agent's environment. Otherwise treat the connection as intercepted.",
};

/** Returns the failure with this system's fix, unless a more specific one is known. */
export function withAgentHint(failure: Failure): Failure {
  const hint = HINTS[failure.code];
  const { changes = [] } = failure.details;
  return hint === undefined || changes.length > 0 ? failure : failure.with({ changes: [hint] });
}
