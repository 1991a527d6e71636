/** Stands for the commit in lines of a pipeline. */
export const COMMIT = '$COMMIT';

/** A pipeline that assumes a role, independent of the CI system. */
export interface PipelinePlan {
  readonly roleArn: string;
  readonly region: string;
  /** Lines of a shell that need no credentials and come first. */
  readonly build: readonly string[];
  /** Lines of a shell that need no credentials, in the step that deploys. */
  readonly prepare: readonly string[];
  /** Lines of a shell that need credentials. `$COMMIT` stands for the commit. */
  readonly deploy: readonly string[];
  /** Programs that the lines with credentials need. */
  readonly tools: ReadonlySet<'aws' | 'node' | 'docker'>;
  /** Version of the Bitbucket Pipe. */
  readonly pipeVersion: string;
  /** Name of the deployment environment, if the CI system's file names one. */
  readonly deployment?: string;
}

export interface PipelineFile {
  /** Path in the repository. */
  readonly path: string;
  readonly text: string;
}
