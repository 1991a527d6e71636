import type { Failure, FailureCode } from '@aws-oidc-assume/shared';

/** Fixes that differ on an agent from those of other systems. */
const HINTS: Partial<Record<FailureCode, (failure: Failure) => string>> = {
  TokenMalformed: () => 'Run the job again. If it fails again, look at the status page of Azure DevOps.',
  ProxyRefused: ({ details: { answer } }) =>
    answer?.message?.includes('HTTP 407')
      ? 'Configure the agent with --proxyurl, --proxyusername and --proxypassword.'
      : 'Ask whoever runs the proxy to allow this endpoint, or add it to the bypass list of the agent (.proxybypass).',
  CertificateNotTrusted: () =>
    "If a proxy inspects TLS, configure the agent with its CA certificate (--sslcacert), or name the file in NODE_EXTRA_CA_CERTS of the agent's environment. Otherwise treat the connection as intercepted.",
};

/** Returns the failure with this system's fix, unless a more specific one is known. An agent's proxy is its own matter. */
export function withAgentHint(failure: Failure): Failure {
  const hint = HINTS[failure.code];
  const isSpecific = (failure.details.changes ?? []).length > 0 && failure.code !== 'ProxyRefused';
  return hint === undefined || isSpecific ? failure : failure.with({ changes: [hint(failure)] });
}
