import type { TrustScope } from '@aws-oidc-assume/trust-policy';
import type { IOIDCProviderRef } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { pathOf } from './construct-error.ts';
import { defined } from './defined.ts';
import {
  accountProvider,
  IdentityProvider,
  type IdentityProviderOptions,
  type IIdentityProvider,
  type Issuer,
  newProvider,
  type ProviderArn,
  providerByArn,
  providerOfConstruct,
} from './identity-provider.ts';
import { OidcRole, type OidcRoleProps } from './oidc-role.ts';
import { federatedPrincipal, trustFor } from './trust.ts';

/** The issuer of GitHub Actions tokens. */
export interface GitHubIssuer {
  /**
   * The audience that the workflow asks for.
   *
   * @default sts.amazonaws.com
   */
  readonly audience?: string;

  /**
   * The issuer of an enterprise: `https://token.actions.githubusercontent.com/<enterprise>` if the enterprise chose its own
   * issuer, or `https://token.actions.<enterprise>.ghe.com`.
   *
   * @default https://token.actions.githubusercontent.com
   */
  readonly issuer?: string;
}

/** The identity provider of GitHub Actions, created or found. */
export interface IGitHubOidcProvider extends IIdentityProvider {}

/** Properties of the identity provider of GitHub Actions. */
export interface GitHubOidcProviderProps extends GitHubIssuer, IdentityProviderOptions {}

/** The identity provider of GitHub Actions. An account can have only one; other stacks use `fromAccount`. */
export class GitHubOidcProvider extends IdentityProvider implements IGitHubOidcProvider {
  /** Finds the provider that already exists in the stack's account. */
  static fromAccount(scope: Construct, id: string, issuer: GitHubIssuer = {}): IGitHubOidcProvider {
    return new FoundProvider(scope, id, issuer, accountProvider());
  }

  /** Finds a provider of the stack's account by its ARN. */
  static fromProviderArn(
    scope: Construct,
    id: string,
    providerArn: string,
    issuer: GitHubIssuer = {},
  ): IGitHubOidcProvider {
    return new FoundProvider(scope, id, issuer, providerByArn(providerArn));
  }

  /** Uses a provider of another construct: a `CfnOIDCProvider`, `OidcProviderNative` or `OpenIdConnectProvider`. */
  static fromProvider(
    scope: Construct,
    id: string,
    provider: IOIDCProviderRef,
    issuer: GitHubIssuer = {},
  ): IGitHubOidcProvider {
    return new FoundProvider(scope, id, issuer, providerOfConstruct(provider));
  }

  /** @throws Error with the construct's path, naming what is wrong with the issuer */
  constructor(scope: Construct, id: string, props: GitHubOidcProviderProps = {}) {
    super(scope, id, tokenIssuer(pathOf(scope, id), props), newProvider(props));
  }
}

class FoundProvider extends IdentityProvider implements IGitHubOidcProvider {
  constructor(scope: Construct, id: string, issuer: GitHubIssuer, arn: ProviderArn) {
    super(scope, id, tokenIssuer(pathOf(scope, id), issuer), arn);
  }
}

/** A GitHub repository. */
export interface GitHubRepository {
  /** The owner: a user or an organization. */
  readonly owner: string;
  /** The name of the repository, without the owner. */
  readonly repository: string;
  /**
   * The owner's id. Repositories created, renamed or moved since mid-2026 have both ids in their subject; give both or none.
   *
   * @default - the subject has no ids
   */
  readonly ownerId?: string;
  /**
   * The repository's id. Give both ids or none.
   *
   * @default - the subject has no ids
   */
  readonly repositoryId?: string;
}

/** The part of the subject that follows the repository. */
type Context =
  | { readonly environment: string }
  | { readonly branch: string }
  | { readonly tag: string }
  | { readonly pullRequest: true };

/** Jobs of GitHub Actions that may assume a role. */
export class GitHubScope {
  /** Jobs that deploy to one environment: limit it with deployment branches and required reviewers. */
  static environment(environment: string, repository: GitHubRepository): GitHubScope {
    return new GitHubScope(repository, { environment });
  }

  /** Jobs that run for one branch and use no environment. */
  static branch(branch: string, repository: GitHubRepository): GitHubScope {
    return new GitHubScope(repository, { branch });
  }

  /** Jobs that run for one tag and use no environment. */
  static tag(tag: string, repository: GitHubRepository): GitHubScope {
    return new GitHubScope(repository, { tag });
  }

  /** Jobs of any pull request of the repository. Give such a role read-only permissions. */
  static pullRequests(repository: GitHubRepository): GitHubScope {
    return new GitHubScope(repository, { pullRequest: true });
  }

  /** The repository of the jobs. */
  readonly repository: GitHubRepository;
  /** @internal */
  readonly _context: Context;

  private constructor(repository: GitHubRepository, context: Context) {
    this.repository = repository;
    this._context = context;
  }
}

/** Properties of a role for jobs of GitHub Actions. */
export interface GitHubOidcRoleProps extends OidcRoleProps {
  /** The identity provider of GitHub Actions. */
  readonly provider: IGitHubOidcProvider;
  /** The jobs that may assume the role: at least one scope. */
  readonly trust: GitHubScope[];
}

/**
 * A role for jobs of GitHub Actions. Its trust policy names each environment, branch or tag, or pull requests in
 * general.
 */
export class GitHubOidcRole extends OidcRole {
  /** @throws Error with the construct's path, naming every missing or wrong field of the scopes */
  constructor(scope: Construct, id: string, props: GitHubOidcRoleProps) {
    const { provider, trust, sourceIps } = props;
    const scopes = (trust ?? []).map((one) => trustScope(one, provider.audience));
    super(scope, id, props, federatedPrincipal(pathOf(scope, id), { provider, scopes, sourceIps }));
  }
}

function trustScope({ repository, _context }: GitHubScope, audience: string): TrustScope {
  const { owner, repository: name, ownerId, repositoryId } = repository ?? {};
  return { provider: 'github', owner, repository: name, audience, ...defined({ ownerId, repositoryId }), ..._context };
}

/** Issuer and audience are equal for all repositories. */
function tokenIssuer(path: string, { issuer, audience = 'sts.amazonaws.com' }: GitHubIssuer): Issuer {
  const anyRepository = GitHubScope.branch('any', { owner: 'any', repository: 'any' });
  const { providerUrl } = trustFor(path, [trustScope(anyRepository, audience)], defined({ issuer }));
  return { issuer: providerUrl, audience };
}
