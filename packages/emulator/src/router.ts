import { CONTROL_PATH, MINT_PATH } from './addresses.ts';
import type { TokenParts } from './ci-systems/ci-system.ts';
import { mapSystems, type PerSystem, type Systems } from './ci-systems/index.ts';
import type { Clock } from './clock.ts';
import { type ControlParts, control } from './control-api.ts';
import type { EndpointName } from './faults/fault-rule.ts';
import type { BrowserGuard } from './http/browser-guard.ts';
import type { Incoming } from './http/incoming.ts';
import { answerJson } from './http/json-body.ts';
import { normalizedPath } from './http/path.ts';
import { jsonReply, notFound, type Reply } from './http/reply.ts';
import type { RoutedRequest, Router } from './http/routed-request.ts';
import type { Issuer } from './issuers/issuer.ts';
import { type MintParts, mint } from './issuers/mint.ts';
import { QueryRequest } from './sts/query-request.ts';
import { sts } from './sts/sts.ts';
import type { StsParts } from './sts/sts-call.ts';
import { visibleParameters } from './sts/visible-parameters.ts';

export interface RouterParts {
  readonly systems: Systems;
  readonly issuers: PerSystem<Issuer>;
  /** Credential that each system's token endpoint expects. */
  readonly credentials: PerSystem<string>;
  readonly clock: Clock;
  /** Scheme, host and port of the listener. */
  readonly base: string;
  readonly guard: BrowserGuard;
  readonly sts: StsParts;
  readonly mint: MintParts;
  readonly control: ControlParts;
}

/** Maps each path to the part of the emulator that answers it. */
export function createRouter(parts: RouterParts): Router {
  const documents = publishedDocuments(parts);
  const tokenEndpoints = tokenEndpointsOf(parts);
  return (request, sourceIp) => {
    const { path } = request;
    if (normalizedPath(path) === '/') return stsRequest(request, sourceIp, parts.sts);
    const published = documents.get(path);
    if (published !== undefined) return published(request);
    const tokens = tokenEndpoints.find(({ endpoint }) => endpoint.answersAt(path));
    if (tokens !== undefined) {
      return observed(tokens.endpoint.name, request, () => tokens.endpoint.answer(request, tokens.parts));
    }
    if (path === MINT_PATH) return ownRequest(request, parts, () => mintReply(request, parts.mint));
    if (path.startsWith(`${CONTROL_PATH}/`)) {
      const name = path.slice(CONTROL_PATH.length + 1);
      return ownRequest(request, parts, () => control(request, name, parts.control));
    }
    return { answer: () => notFound(path) };
  };
}

type Route = (request: Incoming) => RoutedRequest;

/** Discovery documents and key sets of the issuers, by path. */
function publishedDocuments({ systems, issuers, base }: RouterParts): ReadonlyMap<string, Route> {
  const routes = new Map<string, Route>();
  const add = (issuer: Issuer, paths: { readonly issuer: string; readonly keys: string }) => {
    routes.set(`${paths.issuer}/.well-known/openid-configuration`, (request) =>
      document(request, 'discovery', () => issuer.discovery(base + paths.keys)),
    );
    routes.set(paths.keys, (request) => document(request, 'jwks', () => issuer.keySet()));
  };
  mapSystems(systems, ({ paths }, key) => add(issuers[key], paths));
  return routes;
}

function tokenEndpointsOf({ systems, issuers, credentials, clock }: RouterParts) {
  return Object.values(
    mapSystems(systems, ({ tokenEndpoint }, key) => {
      const parts: TokenParts = { issuer: issuers[key], credential: credentials[key], clock };
      return tokenEndpoint === undefined ? [] : [{ endpoint: tokenEndpoint, parts }];
    }),
  ).flat();
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
