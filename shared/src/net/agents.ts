import type { Agent } from 'node:http';
import type { Socket } from 'node:net';

/** Opens a connection to the host of an address. For https this includes the TLS handshake. */
export type OpenConnection = (url: URL, signal: AbortSignal) => Promise<Socket>;

/** Agent for https or for http. */
export type Agents = (overTls: boolean) => Promise<Agent>;

/**
 * Agents that open connections with that function and keep them for the next request. Node's global agents would obey
 * the environment (`NODE_USE_ENV_PROXY`).
 */
export function createAgents(open: OpenConnection): Agents {
  const agents = new Map<boolean, Promise<Agent>>();
  return (overTls) => {
    const agent = agents.get(overTls) ?? createAgent(overTls, open);
    agents.set(overTls, agent);
    return agent;
  };
}

async function createAgent(overTls: boolean, open: OpenConnection): Promise<Agent> {
  const { Agent } = overTls ? await import('node:https') : await import('node:http');
  return opening(new Agent({ keepAlive: true }), overTls ? 'https:' : 'http:', open);
}

function opening(agent: Agent, protocol: string, open: OpenConnection): Agent {
  agent.createConnection = (options, callback) => {
    const { host, port } = options;
    const url = new URL(`${protocol}//${host?.includes(':') ? `[${host}]` : host}:${port}`);
    open(url, signalIn(options)).then(
      (socket) => callback?.(null, socket),
      async (error) => {
        const { Socket } = await import('node:net');
        // Node ignores the second argument if there is an error.
        callback?.(error, new Socket());
      },
    );
    return undefined;
  };
  return agent;
}

/**
 * Options of a request that stop the opening of its connection at that signal. Node hides its own option `signal` from
 * agents.
 */
export function openUntilAborted(signal: AbortSignal): object {
  return { untilOpen: signal };
}

function signalIn(options: object): AbortSignal {
  if ('untilOpen' in options && options.untilOpen instanceof AbortSignal) return options.untilOpen;
  return new AbortController().signal;
}
