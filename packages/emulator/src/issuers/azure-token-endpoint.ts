import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AzureDevOps } from '../config/configuration.ts';
import type { Incoming } from '../http/incoming.ts';
import { emptyReply, htmlReply, jsonReply, type Reply } from '../http/reply.ts';
import { pipelineClaims, serviceConnectionClaims } from './azure-devops.ts';
import type { Issuer } from './issuer.ts';

export const azureTokenPath =
  /^\/[^/]+\/[^/]+\/_apis\/distributedtask\/hubs\/[^/]+\/plans\/[^/]+\/jobs\/[^/]+\/oidctoken$/i;

const signInPage = `<!DOCTYPE html>
<html lang="en-US"><head><title>Azure DevOps Services | Sign In</title></head>
<body><noscript>Microsoft Internet Explorer's Enhanced Security Configuration is currently enabled.</noscript></body></html>
`;

interface Parts {
  readonly azure: AzureDevOps;
  readonly issuer: Issuer;
  readonly accessToken: string;
  /** The one path that exists: the running job's. */
  readonly path: string;
  readonly clock: Clock;
}

/**
 * `POST …/oidctoken` of Azure DevOps: the job's own access token buys an identity token, for the pipeline or for one
 * service connection. A refused access token is answered as Azure DevOps does, which depends on X-TFS-FedAuthRedirect.
 */
export async function azureToken(
  request: Incoming,
  { azure, issuer, accessToken, path, clock }: Parts,
): Promise<Reply> {
  if (request.method !== 'POST') {
    return jsonReply(405, {
      count: 1,
      value: { Message: `The requested resource does not support http method '${request.method}'.` },
    });
  }
  const { authorization } = request.headers;
  if (authorization !== `Bearer ${accessToken}`) return signedOut(request, authorization);

  // GUIDs and names in URLs are not case-sensitive for Azure DevOps.
  if (request.path.toLowerCase() !== path.toLowerCase()) return notFound(request.path);

  const query = new URLSearchParams(request.query);
  if (!hasApiVersion(request, query)) return noApiVersion();

  const asked = query.get('serviceConnectionId') ?? '';
  if (asked === '') return token(issuer, pipelineClaims(azure, issuer.name, clock.now(), randomUUID()));

  const connection = Object.entries(azure.serviceConnections).find(([id]) => id.toLowerCase() === asked.toLowerCase());
  if (connection === undefined) return noReference(azure, asked);
  return token(issuer, serviceConnectionClaims(azure, issuer.name, clock.now(), randomUUID(), connection[1]));
}

async function token(issuer: Issuer, claims: Parameters<Issuer['token']>[0]): Promise<Reply> {
  return jsonReply(200, { oidcToken: await issuer.token(claims) });
}

function signedOut(request: Incoming, authorization: string | undefined): Reply {
  const suppressed = String(request.headers['x-tfs-fedauthredirect']).toLowerCase() === 'suppress';
  if (suppressed || authorization?.startsWith('Basic ')) {
    const error = azureError(
      "TF400813: The user '' is not authorized to access this resource.",
      'Microsoft.TeamFoundation.Framework.Server.UnauthorizedRequestException, Microsoft.TeamFoundation.Framework.Server',
      'UnauthorizedRequestException',
    );
    return jsonReply(401, error, { 'www-authenticate': 'Bearer' });
  }
  // Without the header a rejected token gets the sign-in page, no token at all a redirect to it.
  return authorization === undefined ? emptyReply(302, { location: '/_signin' }) : htmlReply(203, signInPage);
}

function notFound(path: string): Reply {
  const [, , , , , , , , , , job = ''] = path.split('/');
  return jsonReply(
    404,
    azureError(
      `No job found with identifier ${job} for the plan in the URL.`,
      'Microsoft.TeamFoundation.DistributedTask.WebApi.TaskOrchestrationJobNotFoundException, Microsoft.TeamFoundation.DistributedTask.WebApi',
      'TaskOrchestrationJobNotFoundException',
    ),
  );
}

function hasApiVersion(request: Incoming, query: URLSearchParams): boolean {
  return (query.get('api-version') ?? '') !== '' || /;\s*api-version=[\d.]+/.test(request.headers.accept ?? '');
}

function noApiVersion(): Reply {
  return jsonReply(
    400,
    azureError(
      'No api-version was supplied for the "POST" request. The version must be supplied either as part of the Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").',
      'Microsoft.VisualStudio.Services.WebApi.VssVersionNotSpecifiedException, Microsoft.VisualStudio.Services.WebApi',
      'VssVersionNotSpecifiedException',
    ),
  );
}

/** The text is Azure DevOps's; its status is not recorded anywhere (dotnet/docker-tools #2012), 400 is our choice. */
function noReference({ stage, job }: AzureDevOps, connectionId: string): Reply {
  const value = `There is no explicit reference to service connection ${connectionId} from current stage ${stage}.${job}.__default.`;
  return jsonReply(400, { count: value.length, value });
}

function azureError(message: string, typeName: string, typeKey: string) {
  return { $id: '1', innerException: null, message, typeName, typeKey, errorCode: 0, eventId: 3000 };
}
