import { issuerPath } from '../policy/arn.ts';
import { UUID } from '../text/uuid.ts';
import { recogniseIssuer } from './providers.ts';

/** An issuer, as provider ARNs write it, that its CI system does not have. */
export interface IssuerFlaw {
  readonly message: string;
  readonly fix: string;
}

/** A workspace's UUID, perhaps with its braces as a URL has them. */
const WORKSPACE_UUID = new RegExp(`^(?:%7B)?${UUID}(?:%7D)?$`, 'i');

/** What is wrong with the issuer, or undefined where it is right or of a system this package does not know. */
export function issuerFlaw(path: string): IssuerFlaw | undefined {
  const bare = issuerPath(path);
  if (bare !== path) {
    return {
      message: `"${path}" begins with a scheme; a provider's ARN has the issuer without it`,
      fix: `Write "${bare}".`,
    };
  }
  const issuer = recogniseIssuer(path);
  if (issuer?.workspace !== undefined && WORKSPACE_UUID.test(issuer.workspace)) return bitbucketUuid(path);
  if (issuer !== undefined) return undefined;
  const trimmed = path.replace(/\/+$/, '');
  if (recogniseIssuer(trimmed) !== undefined) {
    return { message: `"${path}" ends in a slash; the issuer in the token does not`, fix: `Write "${trimmed}".` };
  }
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
  return undefined;
}

function bitbucketUuid(path: string): IssuerFlaw {
  return {
    message: `"${path}" has the workspace's UUID; the token's issuer has its slug`,
    fix: "Write the workspace's slug, as in its URL, in place of the UUID.",
  };
}
