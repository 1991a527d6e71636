import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import type { Configuration } from '../config/configuration.ts';
import { AWS_AUDIENCE } from '../config/default-accounts.ts';
import type { PerIssuer } from '../config/issuer-names.ts';
import type { JsonObject } from '../json.ts';
import { ANY_OBJECT, fail, integer, list, object, oneOf, read, text } from '../shape.ts';
import { pipelineClaims, serviceConnectionClaims } from './azure-devops.ts';
import { stepClaims } from './bitbucket.ts';
import { jobClaims } from './github.ts';
import type { Issuance, Issuer } from './issuer.ts';

const MINT_REQUEST = object({
  provider: oneOf('bitbucket', 'azure-devops', 'github'),
  /** Replaces or adds claims; null removes one. */
  claims: v.optional(ANY_OBJECT, {}),
  /** Claims to write as JSON's null, which AWS distinguishes from an absent claim. */
  nullClaims: v.optional(list(text()), []),
  /** Sets `exp` to this many seconds after now; negative for an expired token. */
  expiresInSeconds: v.optional(integer({ minimum: -(10 ** 9), maximum: 10 ** 9 })),
  signWith: v.optional(oneOf('issuer-key', 'wrong-key'), 'issuer-key'),
  /** Replaces or adds members of the JWT's header; null removes one. */
  header: v.optional(ANY_OBJECT, {}),
  /** Bitbucket: name or UUID of the step's deployment environment. */
  environment: v.optional(text()),
  /** Bitbucket: UUID of the step; a new one by default. */
  stepUuid: v.optional(text()),
  /** Azure DevOps: id of the service connection, or null for the pipeline's token. By default the first connection. */
  serviceConnectionId: v.optional(v.nullable(text())),
  /** GitHub: the audience; `sts.amazonaws.com` by default. */
  audience: v.optional(text()),
});

type MintRequest = v.InferOutput<typeof MINT_REQUEST>;

export interface MintParts {
  readonly configuration: Configuration;
  readonly issuers: PerIssuer<Issuer>;
  readonly clock: Clock;
}

/**
 * Creates an identity token without the job's credentials.
 * @throws ShapeError if the request is wrong
 */
export async function mint(json: unknown, { configuration, issuers, clock }: MintParts): Promise<string> {
  const request = read(MINT_REQUEST, json);
  const issuer = request.provider === 'azure-devops' ? issuers.azureDevOps : issuers[request.provider];
  const issuance = issuer.issuance(clock);
  const expiry = request.expiresInSeconds === undefined ? {} : { exp: issuance.now + request.expiresInSeconds };
  const claims = { ...defaultClaims(request, configuration, issuance), ...expiry, ...request.claims };
  const header = Object.fromEntries(Object.entries(request.header).map(([key, value]) => [key, value ?? undefined]));
  const nulls = Object.fromEntries(request.nullClaims.map((name) => [name, null]));
  const signer = request.signWith === 'wrong-key' ? 'unpublished' : 'published';
  return issuer.token({ ...withoutNulls(claims), ...nulls }, { header, signer });
}

function defaultClaims(request: MintRequest, configuration: Configuration, issuance: Issuance): JsonObject {
  const { bitbucket, azureDevOps, github } = configuration;
  switch (request.provider) {
    case 'bitbucket': {
      const { environment, stepUuid = randomUUID() } = request;
      const environmentUuid = environment && (bitbucket.environments[environment] ?? environment);
      return stepClaims(bitbucket, issuance, {
        uuid: withoutBraces(stepUuid),
        environmentUuid: environmentUuid && withoutBraces(environmentUuid),
      });
    }
    case 'azure-devops': {
      const { serviceConnectionId = Object.keys(azureDevOps.serviceConnections)[0] ?? null } = request;
      if (serviceConnectionId === null) return pipelineClaims(azureDevOps, issuance);
      const name = azureDevOps.serviceConnections[serviceConnectionId];
      if (name === undefined) fail(['serviceConnectionId'], 'is not a service connection of the configuration');
      return serviceConnectionClaims(azureDevOps, issuance, name);
    }
    case 'github':
      return jobClaims(github, issuance, request.audience ?? AWS_AUDIENCE);
  }
}

function withoutNulls(claims: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
}

function withoutBraces(uuid: string): string {
  return uuid.replace(/[{}]/g, '');
}
