import type { Environment } from './variables.ts';

export interface DockerRun {
  readonly image: string;
  readonly name: string;
  /** What the pipe is to find in its environment. */
  readonly variables: Environment;
  /** Paths in the container by path here; `:ro` behind those that are read-only. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly workingFolder: string;
  /** `--read-only`, `--cap-drop=ALL`, `--user=…` */
  readonly extraArguments: readonly string[];
}

/** What the docker client reads from its own environment: their values have to stand in the arguments. */
const OF_THE_CLIENT = /^(?:PATH|HOME|DOCKER_.*|BUILDKIT_.*|COMPOSE_.*)$/;

/**
 * The `docker run` line of a pipe. Other values than its own the client takes from its environment, so that none of them
 * stands in the list of processes.
 * Source: mathieu-lemay/pipeline-runner (models.py). The host's network is ours: there a test's servers listen.
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
    ...names.map((name) => `--env=${OF_THE_CLIENT.test(name) ? `${name}=${variables[name]}` : name}`),
    ...run.extraArguments,
    run.image,
  ];
  return {
    argv,
    environment: Object.fromEntries(Object.entries(variables).filter(([name]) => !OF_THE_CLIENT.test(name))),
  };
}
