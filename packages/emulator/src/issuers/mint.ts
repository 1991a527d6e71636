import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Configuration } from '../config/configuration.ts';
import { awsAudience } from '../config/default-accounts.ts';
import type { PerIssuer } from '../config/issuer-names.ts';
import type { JsonObject } from '../json.ts';
import { anyObject, fail, integer, list, object, oneOf, optional, or, type Reader, text } from '../shape.ts';
import { pipelineClaims, serviceConnectionClaims } from './azure-devops.ts';
import { stepClaims } from './bitbucket.ts';
import { jobClaims } from './github.ts';
import type { Issuer } from './issuer.ts';

const nullOr =
  <T>(read: Reader<T>): Reader<T | null> =>
  (value, path) =>
    value === null ? null : read(value, path);

const mintRequest = object({
  provider: oneOf('bitbucket', 'azure-devops', 'github'),
  /** Replace or add claims; null removes one. */
  claims: or({}, anyObject),
  /** Claims to write as JSON's null, which AWS treats otherwise than an absent one. */
  nullClaims: or([], list(text())),
  /** Sets `exp` to that many seconds after now; negative for a token that has expired. */
  expiresInSeconds: optional(integer(-(10 ** 9), 10 ** 9)),
  signWith: or('issuer-key', oneOf('issuer-key', 'wrong-key')),
  /** Replace or add members of the JWT's header; null removes one. */
  header: or({}, anyObject),
  /** Bitbucket: name or UUID of the step's deployment environment. */
  environment: optional(text()),
  /** Bitbucket: the step; a new one each time otherwise. */
  stepUuid: optional(text()),
  /** Azure DevOps: id of the service connection; null for the pipeline's own token. The first connection otherwise. */
  serviceConnectionId: optional(nullOr(text())),
  /** GitHub: the audience; `sts.amazonaws.com` otherwise. */
  audience: optional(text()),
});

export type MintRequest = ReturnType<typeof mintRequest>;

interface Parts {
  readonly configuration: Configuration;
  readonly issuers: PerIssuer<Issuer>;
  readonly clock: Clock;
}

/**
 * Makes an identity token without asking for the job's credentials.
 * @throws ShapeError for a request that is not understood.
 */
export async function mint(json: unknown, { configuration, issuers, clock }: Parts): Promise<string> {
  const request = mintRequest(json, '');
  const now = clock.now();
  const issuer = issuerFor(request, issuers);
  const expiry = request.expiresInSeconds === undefined ? {} : { exp: now + request.expiresInSeconds };
  const claims = { ...usualClaims(request, configuration, issuer.name, now), ...expiry, ...request.claims };
  const header = Object.fromEntries(Object.entries(request.header).map(([key, value]) => [key, value ?? undefined]));
  const nulls = Object.fromEntries(request.nullClaims.map((name) => [name, null]));
  return issuer.token({ ...withoutNulls(claims), ...nulls }, { header, wrongKey: request.signWith === 'wrong-key' });
}

function issuerFor({ provider }: MintRequest, issuers: PerIssuer<Issuer>): Issuer {
  return provider === 'azure-devops' ? issuers.azureDevOps : issuers[provider];
}

function usualClaims(request: MintRequest, configuration: Configuration, issuer: string, now: number): JsonObject {
  const { bitbucket, azureDevOps, github } = configuration;
  switch (request.provider) {
    case 'bitbucket': {
      const { environment, stepUuid = randomUUID() } = request;
      const environmentUuid = environment && (bitbucket.environments[environment] ?? environment);
      return stepClaims(bitbucket, issuer, now, {
        uuid: unbraced(stepUuid),
        environmentUuid: environmentUuid && unbraced(environmentUuid),
      });
    }
    case 'azure-devops': {
      const { serviceConnectionId = Object.keys(azureDevOps.serviceConnections)[0] ?? null } = request;
      if (serviceConnectionId === null) return pipelineClaims(azureDevOps, issuer, now, randomUUID());
      const name = azureDevOps.serviceConnections[serviceConnectionId];
      if (name === undefined) fail('serviceConnectionId', 'is not a service connection of the configuration');
      return serviceConnectionClaims(azureDevOps, issuer, now, randomUUID(), name);
    }
    case 'github':
      return jobClaims(github, issuer, now, randomUUID(), request.audience ?? awsAudience);
  }
}

function withoutNulls(claims: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
}

function unbraced(uuid: string): string {
  return uuid.replace(/[{}]/g, '');
}
