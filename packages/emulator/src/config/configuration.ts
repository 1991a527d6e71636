import type { SystemSettings } from '../ci-systems/index.ts';
import type { JsonObject } from '../json.ts';
import type { MessageStyle } from '../sts/token-messages.ts';

export interface Configuration extends SystemSettings {
  /** Accounts by id. If undefined, one account is derived from the CI systems' settings. */
  readonly accounts?: Readonly<Record<string, Account>> | undefined;
  readonly sts: StsSettings;
}

export interface StsSettings {
  /** Texts of refused tokens: the current ones or those before 2026. */
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
  /** Whether the role's permissions allow iam:GetRole on every role of its account. */
  readonly allowGetRole: boolean;
}
