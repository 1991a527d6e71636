import * as v from 'valibot';
import { jsonReply } from '../http/reply.ts';
import type { Issuance } from '../issuers/issuer.ts';
import { type IssuerSettings, issuerSettings } from '../issuers/issuer-settings.ts';
import type { JsonObject } from '../json.ts';
import { object, type Shape, text } from '../shape.ts';
import type { RequestingCiSystem, TokenEndpoint } from './ci-system.ts';

export interface GitHub extends IssuerSettings {
  /** `owner/name`. */
  readonly repository: string;
  readonly repositoryId: string;
  readonly ownerId: string;
  readonly ref: string;
  readonly commit: string;
  readonly workflow: string;
  readonly actor: string;
  readonly environment?: string | undefined;
}

export const GITHUB: Shape<GitHub> = object({
  repository: v.optional(text(/^[\w.-]+\/[\w.-]+$/, 'owner/name'), 'acme/shop'),
  repositoryId: v.optional(text(), '700100200'),
  ownerId: v.optional(text(), '9001002'),
  ref: v.optional(text(), 'refs/heads/main'),
  commit: v.optional(text(), '4b825dc642cb6eb9a060e54bf8d69288fbee4904'),
  workflow: v.optional(text(), 'deploy'),
  actor: v.optional(text(), 'octocat'),
  environment: v.optional(text()),
  ...issuerSettings(300),
});

export const GITHUB_MINT = {
  /** The audience; `sts.amazonaws.com` by default. */
  audience: v.optional(text()),
};

const MINT_OPTIONS = v.object(GITHUB_MINT);
const AWS_AUDIENCE = 'sts.amazonaws.com';

export function playGitHub(settings: GitHub): RequestingCiSystem {
  return {
    settings,
    claimsSupported: ['sub', 'aud', 'exp', 'iat', 'iss', 'jti', 'nbf', 'ref', 'repository', 'environment'],
    publicIssuer: 'https://token.actions.githubusercontent.com',
    paths: { issuer: '/github', keys: '/github/.well-known/jwks' },
    trust: { audience: AWS_AUDIENCE, subjects: [`repo:${settings.repository}:*`] },
    claims: (issuance, options) =>
      jobClaims(settings, issuance, v.parse(MINT_OPTIONS, options).audience ?? AWS_AUDIENCE),
    tokenEndpoint: tokenEndpoint(settings),
  };
}

/** Answers the token request of a GitHub Actions job (ACTIONS_ID_TOKEN_REQUEST_URL and …_TOKEN). */
function tokenEndpoint(settings: GitHub): TokenEndpoint {
  const path = '/github/token';
  return {
    name: 'github-token',
    credentialKind: 'request-token',
    path,
    answersAt: (requested) => requested === path,
    answer: async (request, { issuer, credential, clock }) => {
      if (request.method !== 'GET') return jsonReply(405, { message: `The method ${request.method} is not allowed.` });
      const [scheme = '', token] = (request.headers.authorization ?? '').split(' ');
      if (scheme.toLowerCase() !== 'bearer' || token !== credential) return jsonReply(401, { message: 'Unauthorized' });
      const audience = new URLSearchParams(request.query).get('audience') ?? `https://github.com/${ownerOf(settings)}`;
      return jsonReply(200, { value: await issuer.token(jobClaims(settings, issuer.issuance(clock), audience)) });
    },
  };
}

/** Claims of a job's token. The caller chooses the audience. */
function jobClaims(github: GitHub, { issuer, now, jti }: Issuance, audience: string): JsonObject {
  const { repository, ref, environment } = github;
  const context = environment === undefined ? `ref:${ref}` : `environment:${environment}`;
  return {
    jti,
    sub: `repo:${repository}:${context}`,
    aud: audience,
    ref,
    sha: github.commit,
    repository,
    repository_owner: ownerOf(github),
    repository_owner_id: github.ownerId,
    repository_id: github.repositoryId,
    actor: github.actor,
    workflow: github.workflow,
    event_name: 'push',
    ref_type: 'branch',
    runner_environment: 'github-hosted',
    job_workflow_ref: `${repository}/.github/workflows/${github.workflow}.yml@${ref}`,
    ...(environment === undefined ? {} : { environment }),
    iss: issuer,
    nbf: now - 600,
    exp: now + github.tokenLifetimeSeconds,
    iat: now,
  };
}

function ownerOf({ repository }: GitHub): string {
  return repository.slice(0, repository.indexOf('/'));
}
