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
  readonly branch?: string;
}
