import type { Clock } from '../clock.ts';
import type { GitHub } from '../config/configuration.ts';
import type { Incoming } from '../http/incoming.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import { defaultAudience, jobClaims } from './github.ts';
import type { Issuer } from './issuer.ts';

export interface GithubTokenParts {
  readonly github: GitHub;
  readonly issuer: Issuer;
  readonly requestToken: string;
  readonly clock: Clock;
}

/** Answers the token request of a GitHub Actions job (ACTIONS_ID_TOKEN_REQUEST_URL and …_TOKEN). */
export async function githubToken(request: Incoming, parts: GithubTokenParts): Promise<Reply> {
  const { github, issuer, requestToken, clock } = parts;
  if (request.method !== 'GET') return jsonReply(405, { message: `The method ${request.method} is not allowed.` });
  const [scheme = '', token] = (request.headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() !== 'bearer' || token !== requestToken) return jsonReply(401, { message: 'Unauthorized' });
  const audience = new URLSearchParams(request.query).get('audience') ?? defaultAudience(github);
  return jsonReply(200, { value: await issuer.token(jobClaims(github, issuer.issuance(clock), audience)) });
}
