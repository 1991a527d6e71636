/** Issuers that all customers of a service share, of services that this package does not know otherwise. */
export interface SharedIssuer {
  /** Issuer without its scheme. */
  readonly path: string;
  /** Claim on which IAM insists (IAM guide, "secure by default" for shared identity providers). */
  readonly claim: 'sub' | 'aud';
  /** Matches the beginning of values of that claim that name the customer in full. Absent if the form is not known. */
  readonly owner?: RegExp;
  /** Matches the beginning of subjects that name the customer in full, where IAM insists on the audience. */
  readonly subject?: RegExp;
}

const SHARED_ISSUERS: readonly SharedIssuer[] = [
  { path: 'vstoken.actions.githubusercontent.com', claim: 'sub', owner: /^repo:[^/:]+\// },
  {
    path: 'oidc-configuration.audit-log.githubusercontent.com',
    claim: 'sub',
    owner: /^https:\/\/github\.com\/[^/:]+[/:]/,
  },
  { path: 'oidc.codefresh.io', claim: 'sub', owner: /^account:[^:]+:/ },
  { path: 'studio.datachain.ai/api', claim: 'sub', owner: /^credentials:[^/:]+[/:]/ },
  { path: 'scalr.io', claim: 'sub', owner: /^account:[^:]+:/ },
  { path: 'tokens.cloud.shisho.dev', claim: 'sub' },
  { path: 'proidc.upbound.io', claim: 'sub', owner: /^mcp:[^/:]+[/:]/ },
  { path: 'api.pulumi.com/oidc', claim: 'aud', subject: /^pulumi:[\w-]+:org:[^:]+:/ },
  { path: 'sandboxes.cloud', claim: 'aud' },
  {
    path: 'oidc.vercel.com',
    claim: 'aud',
    owner: /^https:\/\/vercel\.com\/[^/:]+[/:]/,
    subject: /^owner:[^:]+:/,
  },
];

export function sharedIssuer(path: string): SharedIssuer | undefined {
  return SHARED_ISSUERS.find((issuer) => issuer.path === path);
}
