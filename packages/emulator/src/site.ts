import type { Paths } from './addresses.ts';
import type { PerIssuer } from './config/issuer-names.ts';
import { answerJson, control } from './control-api.ts';
import type { EndpointName } from './faults/fault-rule.ts';
import type { Incoming } from './http/incoming.ts';
import { notFound } from './http/listener.ts';
import { jsonReply, type Reply } from './http/reply.ts';
import type { Site, Visit } from './http/site.ts';
import { azureToken, azureTokenPath } from './issuers/azure-token-endpoint.ts';
import { githubToken } from './issuers/github-token-endpoint.ts';
import type { Issuer } from './issuers/issuer.ts';
import { mint } from './issuers/mint.ts';
import { queryRequest } from './sts/query-request.ts';
import { sts } from './sts/sts.ts';
import type { StsParts } from './sts/sts-call.ts';
import { visibleParameters } from './sts/visible-parameters.ts';

export interface SiteParts {
  readonly paths: Paths;
  readonly issuers: PerIssuer<Issuer>;
  /** Scheme, host and port these are served at. */
  readonly base: string;
  readonly stsParts: StsParts;
  readonly azure: Parameters<typeof azureToken>[1];
  readonly github: Parameters<typeof githubToken>[1];
  readonly minting: Parameters<typeof mint>[1];
  readonly controlling: Parameters<typeof control>[2];
}

/** Which part of the emulator answers which path. */
export function createSite(parts: SiteParts): Site {
  const { paths, issuers } = parts;
  const documents = new Map(
    [
      { issuer: issuers.bitbucket, at: paths.issuers.bitbucket },
      { issuer: issuers.azureDevOps, at: paths.issuers.azureDevOps },
      { issuer: issuers.github, at: paths.issuers.github },
    ].flatMap(({ issuer, at }): [string, (request: Incoming) => Visit][] => [
      [
        `${at.issuer}/.well-known/openid-configuration`,
        (request) => document(request, 'discovery', () => issuer.discovery(parts.base + at.keys)),
      ],
      [at.keys, (request) => document(request, 'jwks', () => issuer.keySet())],
    ]),
  );

  return (request, sourceIp) => {
    const { path } = request;
    if (path === '/') return stsVisit(request, sourceIp, parts);
    const published = documents.get(path);
    if (published !== undefined) return published(request);
    if (azureTokenPath.test(path)) return observed('azure-token', request, () => azureToken(request, parts.azure));
    if (path === paths.githubToken) return observed('github-token', request, () => githubToken(request, parts.github));
    if (path === paths.mint) return ownVisit(request, () => mintReply(request, parts));
    if (path.startsWith(`${paths.control}/`)) {
      return ownVisit(request, () => control(request, path.slice(paths.control.length + 1), parts.controlling));
    }
    return { answer: () => notFound(path) };
  };
}

function stsVisit(request: Incoming, sourceIp: string, { stsParts }: SiteParts): Visit {
  const query = queryRequest(request);
  const action = query.get('Action');
  return {
    observed: {
      endpoint: 'sts',
      ...(action === undefined ? {} : { action }),
      parameters: visibleParameters(query),
    },
    answer: () => sts(request, sourceIp, stsParts),
  };
}

function observed(endpoint: EndpointName, { query }: Incoming, answer: Visit['answer']): Visit {
  return { observed: { endpoint, parameters: Object.fromEntries(new URLSearchParams(query)) }, answer };
}

function document(request: Incoming, endpoint: EndpointName, value: () => unknown): Visit {
  return observed(endpoint, request, () =>
    request.method === 'GET' ? jsonReply(200, value()) : jsonReply(405, { message: 'Only GET.' }),
  );
}

/**
 * What only tests and people on this machine may use. A page in a browser could reach it too, without being able to
 * leave out its Origin.
 */
function ownVisit(request: Incoming, answer: Visit['answer']): Visit {
  if (request.headers.origin === undefined) return { answer };
  return { answer: () => jsonReply(403, { message: 'Not for pages in a browser.' }) };
}

function mintReply(request: Incoming, { minting }: SiteParts): Promise<Reply> | Reply {
  if (request.method !== 'POST') return jsonReply(405, { message: 'Only POST.' });
  return answerJson(request, async (body) => jsonReply(200, { token: await mint(body, minting) }));
}
