import type { Incoming } from '../http/incoming.ts';
import { emptyReply, htmlReply, jsonReply, type Reply } from '../http/reply.ts';
import type { Issuance, Issuer } from '../issuers/issuer.ts';
import type { JsonObject } from '../json.ts';
import type { TokenParts } from './ci-system.ts';

const TOKEN_PATH = /^\/[^/]+\/[^/]+\/_apis\/distributedtask\/hubs\/[^/]+\/plans\/[^/]+\/jobs\/[^/]+\/oidctoken$/i;

/** Whether Azure DevOps answers at this path with a token, or with the reason why it gives none. */
export function isTokenPath(path: string): boolean {
  return TOKEN_PATH.test(path);
}

const SIGN_IN_PAGE = `<!DOCTYPE html>
<html lang="en-US"><head><title>Azure DevOps Services | Sign In</title></head>
<body><noscript>Microsoft Internet Explorer's Enhanced Security Configuration is currently enabled.</noscript></body></html>
`;

/** The running job. */
interface Job {
  readonly stage: string;
  readonly job: string;
  /** Names of the service connections that the job refers to, by id. */
  readonly serviceConnections: Readonly<Record<string, string>>;
}

export interface AzureTokenParts extends TokenParts {
  readonly settings: Job;
  /** Path of the running job, the only one that exists. */
  readonly path: string;
  pipelineClaims(issuance: Issuance): JsonObject;
  connectionClaims(issuance: Issuance, connection: string): JsonObject;
}

/**
 * Answers `POST …/oidctoken` of Azure DevOps. The job's access token is exchanged for an identity token of the pipeline or
 * of one service connection. The answer to a wrong access token depends on X-TFS-FedAuthRedirect, as on Azure DevOps.
 */
export async function answerTokenRequest(request: Incoming, parts: AzureTokenParts): Promise<Reply> {
  const { settings, issuer, credential, path, clock } = parts;
  if (request.method !== 'POST') {
    return jsonReply(405, {
      count: 1,
      value: { Message: `The requested resource does not support http method '${request.method}'.` },
    });
  }
  const { authorization } = request.headers;
  if (authorization !== `Bearer ${credential}`) return signedOut(request, authorization);

  // Azure DevOps ignores case in the GUIDs and names of URLs.
  if (request.path.toLowerCase() !== path.toLowerCase()) return jobNotFound(request.path);

  const query = new URLSearchParams(request.query);
  if (!hasApiVersion(request, query)) return noApiVersion();

  const connectionId = query.get('serviceConnectionId') ?? '';
  const issuance = issuer.issuance(clock);
  if (connectionId === '') return tokenReply(issuer, parts.pipelineClaims(issuance));

  const isRequested = (id: string) => id.toLowerCase() === connectionId.toLowerCase();
  const connection = Object.entries(settings.serviceConnections).find(([id]) => isRequested(id));
  if (connection === undefined) return noReference(settings, connectionId);
  return tokenReply(issuer, parts.connectionClaims(issuance, connection[1]));
}

async function tokenReply(issuer: Issuer, claims: JsonObject): Promise<Reply> {
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
  // A wrong token gets the sign-in page, and a missing token a redirect to it.
  return authorization === undefined ? emptyReply(302, { location: '/_signin' }) : htmlReply(203, SIGN_IN_PAGE);
}

function jobNotFound(path: string): Reply {
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

/** Azure DevOps's text (dotnet/docker-tools #2012). Its status is not recorded there; 400 is an assumption. */
function noReference({ stage, job }: Job, connectionId: string): Reply {
  const value = `There is no explicit reference to service connection ${connectionId} from current stage ${stage}.${job}.__default.`;
  return jsonReply(400, { count: value.length, value });
}

function azureError(message: string, typeName: string, typeKey: string) {
  return { $id: '1', innerException: null, message, typeName, typeKey, errorCode: 0, eventId: 3000 };
}
