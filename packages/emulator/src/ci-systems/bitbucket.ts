import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { Issuance } from '../issuers/issuer.ts';
import { type IssuerSettings, issuerSettings } from '../issuers/issuer-settings.ts';
import type { JsonObject } from '../json.ts';
import { list, object, record, type Shape, text } from '../shape.ts';
import type { CiSystem } from './ci-system.ts';
import { SLUG, UUID } from './values.ts';

/** UUIDs have no braces here; in tokens they do. */
export interface Bitbucket extends IssuerSettings {
  readonly workspace: string;
  readonly workspaceUuid: string;
  readonly repository: string;
  readonly repositoryUuid: string;
  readonly pipelineUuid: string;
  readonly branch: string;
  /** UUIDs of the deployment environments, by name. */
  readonly environments: Readonly<Record<string, string>>;
  /** Audiences that the step's `oidc: audiences:` adds to the workspace's own. */
  readonly audiences: readonly string[];
}

export const BITBUCKET: Shape<Bitbucket> = object({
  workspace: v.optional(SLUG, 'acme'),
  workspaceUuid: v.optional(UUID, '6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11'),
  repository: v.optional(SLUG, 'shop'),
  repositoryUuid: v.optional(UUID, 'b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22'),
  pipelineUuid: v.optional(UUID, '0d9e8f7a-6b5c-4d3e-8f1a-2b3c4d5e6f33'),
  branch: v.optional(text(), 'main'),
  environments: v.optional(record({ pattern: /^[^\p{Cc}]+$/u, description: 'an environment name' }, UUID), {
    production: '3c2b1a09-8f7e-4d6c-9b5a-493827160544',
  }),
  audiences: v.optional(list(text()), []),
  // Atlassian does not document the token's lifetime; see the README.
  ...issuerSettings(3600),
});

export const BITBUCKET_MINT = {
  /** Name or UUID of the step's deployment environment. */
  environment: v.optional(text()),
  /** UUID of the step; a new one by default. */
  stepUuid: v.optional(text()),
};

const MINT_OPTIONS = v.object(BITBUCKET_MINT);

export function playBitbucket(settings: Bitbucket): CiSystem {
  const issuer = `/2.0/workspaces/${settings.workspace}/pipelines-config/identity/oidc`;
  return {
    settings,
    claimsSupported: [
      'sub',
      'iss',
      'aud',
      'exp',
      'iat',
      'branchName',
      'deploymentEnvironmentUuid',
      'pipelineUuid',
      'repositoryUuid',
      'stepUuid',
      'workspaceUuid',
    ],
    publicIssuer: `https://api.bitbucket.org${issuer}`,
    paths: { issuer, keys: `${issuer}/keys.json` },
    trust: { audience: audienceOf(settings), subjects: [`{${settings.repositoryUuid}}:*`] },
    claims: (issuance, options) => {
      const { environment, stepUuid = randomUUID() } = v.parse(MINT_OPTIONS, options);
      const environmentUuid = environment && (settings.environments[environment] ?? environment);
      return stepClaims(settings, issuance, {
        uuid: withoutBraces(stepUuid),
        environmentUuid: environmentUuid && withoutBraces(environmentUuid),
      });
    },
  };
}

interface Step {
  readonly uuid: string;
  /** UUID of the deployment environment, if the step has one. */
  readonly environmentUuid?: string | undefined;
}

/** Claims of a step's token. UUIDs have braces, except the workspace's in the audience. */
function stepClaims(bitbucket: Bitbucket, { issuer, now }: Issuance, step: Step): JsonObject {
  const { environmentUuid } = step;
  const own = audienceOf(bitbucket);
  return {
    iss: issuer,
    // If the step adds audiences, `aud` is a list and there is no `azp`: AWS refuses such a token.
    aud: bitbucket.audiences.length === 0 ? own : [own, ...bitbucket.audiences],
    sub: [bitbucket.repositoryUuid, environmentUuid, step.uuid]
      .filter((id) => id !== undefined)
      .map(braced)
      .join(':'),
    stepUuid: braced(step.uuid),
    repositoryUuid: braced(bitbucket.repositoryUuid),
    workspaceUuid: braced(bitbucket.workspaceUuid),
    pipelineUuid: braced(bitbucket.pipelineUuid),
    branchName: bitbucket.branch,
    ...(environmentUuid === undefined ? {} : { deploymentEnvironmentUuid: braced(environmentUuid) }),
    iat: now,
    exp: now + bitbucket.tokenLifetimeSeconds,
  };
}

function audienceOf({ workspaceUuid }: Bitbucket): string {
  return `ari:cloud:bitbucket::workspace/${workspaceUuid}`;
}

function braced(uuid: string): string {
  return `{${uuid}}`;
}

function withoutBraces(uuid: string): string {
  return uuid.replace(/[{}]/g, '');
}
