/** Identity of the run, for the session name and the report. */
export interface RunIdentity {
  /** Lower-case short name that begins the session name: `bitbucket`, `azure`, `github`. */
  readonly system: string;
  /** Workspace or organization. */
  readonly owner: string;
  /** Repository slug, or project. */
  readonly repository: string;
  /** Build number or id, unique within owner and repository. */
  readonly build: string;
  /** Step or job, unique within the build; a UUID or empty. */
  readonly step: string;
  /** Branch name from a variable: for people, not for policies. */
  readonly branch?: string;
}

/**
 * Facts of the run in the identity token. Variables of the job cannot change them. A missing one is not in the token.
 */
export interface SignedRun {
  readonly owner?: string;
  readonly repository?: string;
  readonly branch?: string;
  readonly build?: string;
}

/** Facts of the run for people, and those that policies may rely on. */
export interface KnownRun {
  readonly identity: RunIdentity;
  readonly signed: SignedRun;
}
