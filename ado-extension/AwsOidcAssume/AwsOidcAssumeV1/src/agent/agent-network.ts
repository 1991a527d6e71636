import {
  type Environment,
  hasCertificate,
  type Network,
  networkThrough,
  type OptionProblem,
  type ProxyFor,
  proxyOfEnvironment,
  proxyProblem,
  proxyProblems,
} from '@aws-oidc-assume/shared';
import type { TaskHost } from './task-host.ts';

/** Network settings with which the agent itself reaches its server, also used by this task. Survives JSON. */
export interface AgentNetwork {
  readonly proxy?: AgentProxy;
  /** PEM certificates to trust in addition to Node's own. */
  readonly ca?: string;
}

export interface AgentProxy {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  /** Regular expressions that ignore case, for addresses that need no proxy. */
  readonly bypass: readonly string[];
}

/**
 * Returns the proxy and certificates of the agent's setup (`config --proxyurl --sslcacert`), and problems with them, to
 * be reported with all others.
 */
export async function networkOfAgent(
  host: Pick<TaskHost, 'variable' | 'secretVariable' | 'environment'>,
  readTextFile: (path: string) => Promise<string>,
): Promise<{ network: AgentNetwork; problems: readonly OptionProblem[] }> {
  const url = host.variable('Agent.ProxyUrl');
  const caFile = host.variable('Agent.CAInfo');
  const problems: OptionProblem[] = [];
  if (url === undefined) problems.push(...proxyProblems(host.environment));
  else problems.push(...[proxyProblem('Agent.ProxyUrl', url) ?? []].flat());
  let ca: string | undefined;
  if (caFile !== undefined) {
    try {
      ca = await readTextFile(caFile);
      if (!hasCertificate(ca)) {
        problems.push({ option: 'Agent.CAInfo', message: `is ${caFile}, a file without a certificate in PEM form` });
      }
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      // The agent mounts only its folders for work, tasks, tools and externals (agent, ContainerOperationProvider.cs).
      const containerHint =
        code === 'ENOENT'
          ? '; in a container job the agent does not mount it: name it under volumes: of the container, at this very path'
          : '';
      problems.push({
        option: 'Agent.CAInfo',
        message: `is ${caFile}, a file that cannot be read (${code})${containerHint}`,
      });
    }
  }
  const bypass = url === undefined ? [] : listOf(host.variable('Agent.ProxyBypassList'));
  if (bypass === undefined) problems.push({ option: 'Agent.ProxyBypassList', message: 'is not JSON' });
  if (problems.length > 0 || bypass === undefined) return { network: {}, problems };
  // Node 20 drops its own extra certificates if others are given. Node ignores a missing file.
  const extraFile = host.environment.NODE_EXTRA_CA_CERTS;
  if (ca !== undefined && extraFile) ca += `\n${await readTextFile(extraFile).catch(() => '')}`;
  const user = host.variable('Agent.ProxyUsername');
  const password = host.secretVariable('Agent.ProxyPassword');
  const network = {
    ...(url === undefined
      ? {}
      : {
          proxy: {
            url,
            bypass,
            ...(user === undefined ? {} : { user }),
            ...(password === undefined ? {} : { password }),
          },
        }),
    ...(ca === undefined ? {} : { ca }),
  };
  return { network, problems };
}

/** Returns the transport through the agent's proxy, otherwise through that of the environment. */
export function connectionThrough(
  network: AgentNetwork,
  environment: Environment,
): Network & { readonly environment: Environment } {
  const proxyFor = network.proxy === undefined ? proxyOfEnvironment(environment) : proxyOfAgent(network.proxy);
  return { ...networkThrough(proxyFor, network.ca === undefined ? {} : { ca: network.ca }), environment };
}

/**
 * User and password may contain any character. In an address they must be encoded, but the agent's variables are not.
 */
export function proxyOfAgent({ url, user, password, bypass }: AgentProxy): ProxyFor {
  const proxy = new URL(url);
  if (user !== undefined) proxy.username = encodeURIComponent(user);
  if (password !== undefined) proxy.password = encodeURIComponent(password);
  const direct = bypass.flatMap(expression);
  // Scheme, host and a non-default port, as for the agent itself (agent, AgentWebProxy.cs).
  return ({ origin }) => (direct.some((pattern) => pattern.test(origin)) ? undefined : proxy);
}

/** Patterns for .NET. A pattern that JavaScript does not understand bypasses nothing. */
function expression(pattern: string): RegExp[] {
  try {
    return [new RegExp(pattern, 'i')];
  } catch {
    return [];
  }
}

/** Parses JSON. Undefined for other text. */
function listOf(text: string | undefined): string[] | undefined {
  if (text === undefined) return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];
  } catch {
    return undefined;
  }
}

/** Variables that redirect connections, or add trusted certificates. */
const NETWORK_VARIABLES = ['HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS'];

/** Warns about such variables from the job, because any earlier step that prints text can set them. */
export function jobNetworkWarning(plainNames: ReadonlySet<string>): string | undefined {
  const names = NETWORK_VARIABLES.filter((name) => plainNames.has(name));
  if (names.length === 0) return undefined;
  return `From the job, not from the agent: ${names.join(', ')}. Any earlier step can set such variables, and whoever holds the proxy and a trusted certificate sees the tokens. If you did not set them, find the step that did; otherwise set them on the agent.`;
}
