import type { JsonObject } from '../json.ts';

export type SigningAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512';

export interface Configuration {
  /** By account id. Undefined: one account, made from the three systems below. */
  readonly accounts: Readonly<Record<string, Account>> | undefined;
  readonly bitbucket: Bitbucket;
  readonly azureDevOps: AzureDevOps;
  readonly github: GitHub;
}

export interface Account {
  readonly oidcProviders: readonly OidcProvider[];
  /** By role name, without path. */
  readonly roles: Readonly<Record<string, Role>>;
}

export interface OidcProvider {
  /** As in IAM: the issuer's URL. The scheme may be left out. */
  readonly url: string;
  readonly clientIds: readonly string[];
}

export interface Role {
  readonly trustPolicy: JsonObject;
  /** Seconds, 3600 to 43200. */
  readonly maxSessionDuration: number;
  /** IAM path, `/` or `/…/`. */
  readonly path: string;
  /**
   * Whether the role's own permissions let its sessions call sts:AssumeRole, sts:TagSession and sts:SetSourceIdentity
   * on any role. Needed where the target does not name this role or session itself: another account's role, or a
   * trust policy that names the account.
   */
  readonly allowAssumeRole: boolean;
}

/** What every issuer's section may say. */
export interface IssuerSettings {
  /** The `iss` of its tokens, in place of the URL it is served at. */
  readonly issuer: string | undefined;
  readonly algorithm: SigningAlgorithm;
  readonly tokenLifetimeSeconds: number;
}

/** UUIDs are kept without braces; the tokens write them with. */
export interface Bitbucket extends IssuerSettings {
  readonly workspace: string;
  readonly workspaceUuid: string;
  readonly repository: string;
  readonly repositoryUuid: string;
  readonly pipelineUuid: string;
  readonly branch: string;
  /** Deployment environments: UUID by name. */
  readonly environments: Readonly<Record<string, string>>;
  /** Audiences beside the workspace's own, as `oidc: audiences:` of a step adds them. */
  readonly audiences: readonly string[];
}

export interface AzureDevOps extends IssuerSettings {
  readonly organization: string;
  readonly organizationId: string;
  readonly project: string;
  readonly projectId: string;
  readonly pipeline: string;
  readonly definitionId: number;
  readonly runId: number;
  readonly repositoryId: string;
  readonly repositoryUri: string;
  readonly branch: string;
  readonly commit: string;
  readonly stage: string;
  readonly job: string;
  readonly hub: 'build' | 'rm' | 'checks';
  readonly planId: string;
  readonly jobId: string;
  /** The service connections the job refers to: name by id. */
  readonly serviceConnections: Readonly<Record<string, string>>;
}

export interface GitHub extends IssuerSettings {
  /** `owner/name`. */
  readonly repository: string;
  readonly repositoryId: string;
  readonly ownerId: string;
  readonly ref: string;
  readonly commit: string;
  readonly workflow: string;
  readonly actor: string;
  readonly environment: string | undefined;
}
