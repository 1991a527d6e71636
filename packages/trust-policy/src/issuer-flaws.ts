import { recogniseIssuer } from './providers.ts';
import { UUID } from './uuid.ts';

/** An issuer, as provider ARNs write it, that its CI system does not have. */
export interface IssuerFlaw {
  readonly message: string;
  readonly fix: string;
}

/** What is wrong with the issuer, or undefined where it is right or of a system this package does not know. */
export function issuerFlaw(path: string): IssuerFlaw | undefined {
  if (/^https?:\/\//.test(path)) {
    return {
      message: `"${path}" begins with a scheme; a provider's ARN has the issuer without it`,
      fix: `Write "${path.replace(/^https?:\/\//, '')}".`,
    };
  }
  const issuer = recogniseIssuer(path);
  if (issuer?.provider.id === 'bitbucket' && issuer.workspace !== undefined) {
    return new RegExp(`^(?:%7B)?${UUID}(?:%7D)?$`, 'i').test(issuer.workspace) ? bitbucketUuid(path) : undefined;
  }
  if (issuer !== undefined) return undefined;
  if (path.startsWith('api.bitbucket.org')) {
    if (path.includes('/workspaces/{')) return bitbucketUuid(path);
    return {
      message: `"${path}" is not the issuer of a Bitbucket workspace; that is api.bitbucket.org/2.0/workspaces/<workspace slug>/pipelines-config/identity/oidc`,
      fix: 'Copy the identity provider URL from repository settings, OpenID Connect, without https://.',
    };
  }
  if (path.startsWith('vstoken.dev.azure.com')) {
    return {
      message: `"${path}" is not the issuer of an Azure DevOps organization; that ends in the organization's id (a GUID), not its name`,
      fix: 'Write vstoken.dev.azure.com/<organization id>. The id is "instanceId" in https://dev.azure.com/<organization>/_apis/connectionData.',
    };
  }
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed !== path && recogniseIssuer(trimmed) !== undefined) {
    return { message: `"${path}" ends in a slash; the issuer in the token does not`, fix: `Write "${trimmed}".` };
  }
  return undefined;
}

function bitbucketUuid(path: string): IssuerFlaw {
  return {
    message: `"${path}" has the workspace's UUID; the token's issuer has its slug`,
    fix: "Write the workspace's slug, as in its URL, in place of the UUID.",
  };
}
