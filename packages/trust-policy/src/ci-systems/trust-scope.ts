/** A Bitbucket repository, or only its steps that deploy to certain environments. UUIDs with or without braces. */
export interface BitbucketScope {
  readonly provider: 'bitbucket';
  /** The workspace's slug, as in its URL. */
  readonly workspace: string;
  readonly workspaceUuid: string;
  readonly repositoryUuid: string;
  /** The environment's UUID, not its name: only the UUID is in the token. */
  readonly deploymentEnvironmentUuid?: string;
}

/** An Azure DevOps service connection, or (without one) a pipeline: exactly one of the two. */
export type AzureDevOpsScope = {
  readonly provider: 'azure-devops';
  /** The organization's id (a GUID): the issuer contains it, not the name. */
  readonly organizationId: string;
  /** The organization's name: the subject contains it, not the id. */
  readonly organization: string;
  readonly project: string;
} & (
  | { readonly serviceConnection: string; readonly pipeline?: undefined }
  | { readonly pipeline: string; readonly serviceConnection?: undefined }
);

/** A GitHub repository and exactly one of environment, branch, tag or pull requests. */
export type GitHubScope = {
  readonly provider: 'github';
  readonly owner: string;
  readonly repository: string;
  /** Both or neither: repositories created, renamed or moved since mid-2026 have the ids in their subjects. */
  readonly ownerId?: string;
  readonly repositoryId?: string;
  /** Default `sts.amazonaws.com`. */
  readonly audience?: string;
} & (
  | {
      readonly environment: string;
      readonly branch?: undefined;
      readonly tag?: undefined;
      readonly pullRequest?: undefined;
    }
  | {
      readonly branch: string;
      readonly environment?: undefined;
      readonly tag?: undefined;
      readonly pullRequest?: undefined;
    }
  | {
      readonly tag: string;
      readonly environment?: undefined;
      readonly branch?: undefined;
      readonly pullRequest?: undefined;
    }
  | {
      readonly pullRequest: true;
      readonly environment?: undefined;
      readonly branch?: undefined;
      readonly tag?: undefined;
    }
);

/** A GitLab project and exactly one branch or tag. */
export type GitLabScope = {
  readonly provider: 'gitlab';
  /** With its groups, e.g. `acme/platform/site`. */
  readonly projectPath: string;
  /** What `id_tokens: <name>: aud` asks for. */
  readonly audience: string;
} & ({ readonly branch: string; readonly tag?: undefined } | { readonly tag: string; readonly branch?: undefined });

/** A CircleCI project. */
export interface CircleCiScope {
  readonly provider: 'circleci';
  readonly organizationId: string;
  readonly projectId: string;
}

/** A branch of a Buildkite pipeline. */
export interface BuildkiteScope {
  readonly provider: 'buildkite';
  readonly organization: string;
  readonly pipeline: string;
  readonly branch: string;
  /** Default `sts.amazonaws.com`. */
  readonly audience?: string;
}

/** A workspace of HCP Terraform; without a phase both plan and apply. */
export interface HcpTerraformScope {
  readonly provider: 'hcp-terraform';
  readonly organization: string;
  readonly project: string;
  readonly workspace: string;
  readonly runPhase?: 'plan' | 'apply';
  /** Default `aws.workload.identity`. */
  readonly audience?: string;
}

export type TrustScope =
  | BitbucketScope
  | AzureDevOpsScope
  | GitHubScope
  | GitLabScope
  | CircleCiScope
  | BuildkiteScope
  | HcpTerraformScope;

/** Where the role lives, and what holds for any provider. */
export interface TrustTarget {
  /** Twelve digits. */
  readonly account: string;
  /** Default `aws`. */
  readonly partition?: string;
  /** Another issuer of the same CI system: a local emulator's, or a GitHub enterprise's own. */
  readonly issuer?: string;
  /** CIDR blocks the request must come from. */
  readonly sourceIps?: readonly string[];
  /** Adds sts:TagSession. Only tokens that carry session tags need it; Bitbucket's and Azure DevOps' do not. */
  readonly allowTagSession?: boolean;
}

export type GenerateRequest = TrustScope & TrustTarget;
