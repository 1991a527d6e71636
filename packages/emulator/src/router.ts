import type { Paths } from './addresses.ts';
import type { PerIssuer } from './config/issuer-names.ts';
import { type ControlParts, control } from './control-api.ts';
import type { EndpointName } from './faults/fault-rule.ts';
import type { BrowserGuard } from './http/browser-guard.ts';
import type { Incoming } from './http/incoming.ts';
import { answerJson } from './http/json-body.ts';
import { normalizedPath } from './http/path.ts';
import { jsonReply, notFound, type Reply } from './http/reply.ts';
import type { RoutedRequest, Router } from './http/routed-request.ts';
import { AZURE_TOKEN_PATH, type AzureTokenParts, azureToken } from './issuers/azure-token-endpoint.ts';
import { type GithubTokenParts, githubToken } from './issuers/github-token-endpoint.ts';
import type { Issuer } from './issuers/issuer.ts';
import { type MintParts, mint } from './issuers/mint.ts';
import { QueryRequest } from './sts/query-request.ts';
import { sts } from './sts/sts.ts';
import type { StsParts } from './sts/sts-call.ts';
import { visibleParameters } from './sts/visible-parameters.ts';

export interface RouterParts {
  readonly paths: Paths;
  readonly issuers: PerIssuer<Issuer>;
  /** Scheme, host and port of the listener. */
  readonly base: string;
  readonly guard: BrowserGuard;
  readonly sts: StsParts;
  readonly azure: AzureTokenParts;
  readonly github: GithubTokenParts;
  readonly mint: MintParts;
  readonly control: ControlParts;
}

/** Maps each path to the part of the emulator that answers it. */
export function createRouter(parts: RouterParts): Router {
  const { paths } = parts;
  const documents = publishedDocuments(parts);
  return (request, sourceIp) => {
    const { path } = request;
    if (normalizedPath(path) === '/') return stsRequest(request, sourceIp, parts.sts);
    const published = documents.get(path);
    if (published !== undefined) return published(request);
    if (AZURE_TOKEN_PATH.test(path)) return observed('azure-token', request, () => azureToken(request, parts.azure));
    if (path === paths.githubToken) return observed('github-token', request, () => githubToken(request, parts.github));
    if (path === paths.mint) return ownRequest(request, parts, () => mintReply(request, parts.mint));
    if (path.startsWith(`${paths.control}/`)) {
      const name = path.slice(paths.control.length + 1);
      return ownRequest(request, parts, () => control(request, name, parts.control));
    }
    return { answer: () => notFound(path) };
  };
}

type Route = (request: Incoming) => RoutedRequest;

/** Discovery documents and key sets of the issuers, by path. */
function publishedDocuments({ paths, issuers, base }: RouterParts): ReadonlyMap<string, Route> {
  const routes = new Map<string, Route>();
  const add = (issuer: Issuer, at: { readonly issuer: string; readonly keys: string }) => {
    routes.set(`${at.issuer}/.well-known/openid-configuration`, (request) =>
      document(request, 'discovery', () => issuer.discovery(base + at.keys)),
    );
    routes.set(at.keys, (request) => document(request, 'jwks', () => issuer.keySet()));
  };
  add(issuers.bitbucket, paths.issuers.bitbucket);
  add(issuers.azureDevOps, paths.issuers.azureDevOps);
  add(issuers.github, paths.issuers.github);
  return routes;
}

function stsRequest(request: Incoming, sourceIp: string, parts: StsParts): RoutedRequest {
  const query = new QueryRequest(request);
  const action = query.get('Action');
  return {
    observed: { endpoint: 'sts', ...(action === undefined ? {} : { action }), parameters: visibleParameters(query) },
    answer: () => sts(request, sourceIp, parts),
  };
}

function observed(endpoint: EndpointName, { query }: Incoming, answer: RoutedRequest['answer']): RoutedRequest {
  return { observed: { endpoint, parameters: Object.fromEntries(new URLSearchParams(query)) }, answer };
}

function document(request: Incoming, endpoint: EndpointName, value: () => unknown): RoutedRequest {
  return observed(endpoint, request, () =>
    request.method === 'GET' ? jsonReply(200, value()) : jsonReply(405, { message: 'Only GET is allowed.' }),
  );
}

/** A request to mint or control, refused if a web page may have sent it. */
function ownRequest(request: Incoming, { guard }: RouterParts, answer: RoutedRequest['answer']): RoutedRequest {
  const refusal = guard.refusal(request);
  return { answer: refusal === undefined ? answer : () => jsonReply(403, { message: refusal }) };
}

function mintReply(request: Incoming, parts: MintParts): Promise<Reply> | Reply {
  if (request.method !== 'POST') return jsonReply(405, { message: 'Only POST is allowed.' });
  return answerJson(request, async (body) => jsonReply(200, { token: await mint(body, parts) }));
}
