import type { JsonObject } from '../json.ts';
import type { MessageStyle } from '../sts/token-messages.ts';

export type SigningAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512';

export interface Configuration {
  /** Accounts by id. If undefined, one account is derived from the three systems below. */
  readonly accounts?: Readonly<Record<string, Account>> | undefined;
  readonly bitbucket: Bitbucket;
  readonly azureDevOps: AzureDevOps;
  readonly github: GitHub;
  readonly sts: StsSettings;
}

export interface StsSettings {
  /** Texts of refused tokens: those of today or those before 2026. */
  readonly messages: MessageStyle;
}

export interface Account {
  readonly oidcProviders: readonly OidcProvider[];
  /** Roles by name, without path. */
  readonly roles: Readonly<Record<string, Role>>;
}

export interface OidcProvider {
  /** The issuer's URL as in IAM. The scheme may be missing. */
  readonly url: string;
  readonly clientIds: readonly string[];
  /** Maps claims to condition keys of the session. */
  readonly contextProvider?: ContextProvider | undefined;
}

/** A provider's `ContextProvider` as in IAM's API. */
export interface ContextProvider {
  /** Claim that becomes aws:OriginIdentity/Subject. */
  readonly subjectSourceKey: string;
  /** Claim that becomes aws:OriginIdentity/SubjectType. */
  readonly subjectTypeSourceKey?: string | undefined;
  /** Value of aws:OriginIdentity/SubjectType. */
  readonly subjectTypeValue?: 'user' | 'workload' | undefined;
  /** Claims that become aws:TransactionContext/IdentityProvider/<targetKey>, at most 10. */
  readonly keyDefinitionList: readonly { readonly sourceKey: string; readonly targetKey: string }[];
}

export interface Role {
  readonly trustPolicy: JsonObject;
  /** Seconds, 3600 to 43200. */
  readonly maxSessionDuration: number;
  /** IAM path, `/` or `/…/`. */
  readonly path: string;
  /**
   * Whether the role's permissions allow sts:AssumeRole, sts:TagSession and sts:SetSourceIdentity on any role. Needed if
   * the target is in another account, or if its trust policy names the account instead of this role or session.
   */
  readonly allowAssumeRole: boolean;
}

/** Settings common to every issuer. */
export interface IssuerSettings {
  /** The `iss` of its tokens. By default the URL at which it is served. */
  readonly issuer?: string | undefined;
  readonly algorithm: SigningAlgorithm;
  readonly tokenLifetimeSeconds: number;
}

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
  /** Names of the service connections that the job refers to, by id. */
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
  readonly environment?: string | undefined;
}
