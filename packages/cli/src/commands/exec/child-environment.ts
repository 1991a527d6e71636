import { CI_SYSTEMS, PLAIN_TOKEN_VARIABLES } from '@aws-oidc-assume/ci-systems';
import {
  awsEnvironment,
  CONFLICTING_VARIABLES,
  type Environment,
  type Options,
  plainText,
  type Session,
} from '@aws-oidc-assume/shared';

/** Variables with which a program can itself get credentials of the role. */
export const TOKEN_VARIABLES: readonly string[] = [
  ...CI_SYSTEMS.flatMap(({ tokenVariables }) => tokenVariables),
  ...PLAIN_TOKEN_VARIABLES,
];

interface ChildEnvironmentRequest {
  readonly env: Environment;
  readonly session: Session;
  readonly options: Options;
  /** Variables to remove in addition to other sources of credentials. */
  readonly tokenVariables: readonly string[];
  readonly platform: NodeJS.Platform;
}

/** Returns the environment of the child, without any other source of credentials. */
export function childEnvironment(request: ChildEnvironmentRequest): Environment {
  const added = awsEnvironment(request.session, request.options).map(
    ({ name, value }) => [name, plainText(value)] as const,
  );
  // Windows ignores the case of names, and Node would pass on only one of two spellings.
  const key = (name: string) => (request.platform === 'win32' ? name.toUpperCase() : name);
  const removed = new Set(
    [...CONFLICTING_VARIABLES, ...request.tokenVariables, ...added.map(([name]) => name)].map(key),
  );
  const inherited = Object.entries(request.env).filter(([name]) => !removed.has(key(name)));
  return Object.fromEntries([...inherited, ...added]);
}
