import type { Environment } from './variables.ts';

export interface DockerRun {
  readonly image: string;
  readonly name: string;
  /** Environment of the pipe. */
  readonly variables: Environment;
  /** Paths in the container by path on this machine; `:ro` marks those that are read-only. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly workingFolder: string;
  /** `--read-only`, `--cap-drop=ALL`, `--user=…` */
  readonly extraArguments: readonly string[];
}

/** Variables that the docker client itself reads from its environment. Their values must be in the arguments. */
const CLIENT_VARIABLES = /^(?:PATH|HOME|DOCKER_.*|BUILDKIT_.*|COMPOSE_.*)$/;

/**
 * The `docker run` line of a pipe. The client takes other values from its environment, so that the list of processes
 * does not show them. Source: mathieu-lemay/pipeline-runner (models.py). The host's network is our addition, because a
 * test's servers listen there.
 */
export function dockerRun(run: DockerRun): { argv: string[]; environment: Environment } {
  const { variables } = run;
  const names = Object.keys(variables);
  const argv = [
    'docker',
    'run',
    '--rm',
    `--name=${run.name}`,
    '--network=host',
    ...Object.entries(run.mounts).map(([here, there]) => `--volume=${here}:${there}`),
    `--workdir=${run.workingFolder}`,
    '--label=org.bitbucket.pipelines.system=true',
    ...names.map((name) => `--env=${CLIENT_VARIABLES.test(name) ? `${name}=${variables[name]}` : name}`),
    ...run.extraArguments,
    run.image,
  ];
  return {
    argv,
    environment: Object.fromEntries(Object.entries(variables).filter(([name]) => !CLIENT_VARIABLES.test(name))),
  };
}
