import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { dial } from './dial.ts';
import type { HostAndPort } from './no-proxy.ts';
import { secure, type TlsSettings } from './secure.ts';
import { messageOf, PROXY_REFUSED } from './transport-error.ts';

/**
 * Connects to a host through an HTTP proxy with CONNECT. The proxy sees the host, never the request.
 *
 * @throws an error that names the proxy, with the code `ERR_PROXY_REFUSED` for a refusal; the reason of the signal
 */
export async function openTunnel(
  proxy: URL,
  target: HostAndPort,
  tls: TlsSettings,
  signal: AbortSignal,
): Promise<Socket> {
  const { socket, answer } = await reachProxy(proxy, target, tls, signal);
  const { statusCode = 0, headers } = answer;
  if (statusCode >= 200 && statusCode < 300) return socket;
  socket.destroy();
  throw refusal(statusCode, proxy, target, String(headers['proxy-authenticate'] ?? ''));
}

async function reachProxy(
  proxy: URL,
  target: HostAndPort,
  tls: TlsSettings,
  signal: AbortSignal,
): Promise<{ socket: Socket; answer: IncomingMessage }> {
  try {
    const socket = await connectToProxy(proxy, tls, signal);
    return { socket, answer: await askToConnect(socket, proxy, target, signal) };
  } catch (error) {
    if (signal.aborted || !(error instanceof Error)) throw error;
    // Otherwise an unreachable proxy would look like the service.
    const { code } = error as NodeJS.ErrnoException;
    throw Object.assign(new Error(`the proxy ${proxy.host}: ${messageOf(error)}`), { code });
  }
}

async function connectToProxy(proxy: URL, tls: TlsSettings, signal: AbortSignal): Promise<Socket> {
  const overTls = proxy.protocol === 'https:';
  const host = proxy.hostname.replace(/^\[|\]$/g, '');
  const socket = await dial({ host, port: Number(proxy.port || (overTls ? 443 : 80)) }, signal);
  return overTls ? secure(socket, host, tls, signal) : socket;
}

function askToConnect(
  socket: Socket,
  proxy: URL,
  { host, port }: HostAndPort,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const path = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    const connectRequest = request({
      createConnection: () => socket,
      signal,
      method: 'CONNECT',
      path,
      headers: { host: path, ...authorization(proxy) },
    });
    connectRequest.once('error', (error) => reject(signal.aborted ? signal.reason : error));
    connectRequest.once('connect', (answer: IncomingMessage) => resolve(answer));
    connectRequest.end();
  });
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/**
 * Error for a refusal by the proxy. A proxy that cannot reach the host may succeed in a second; one that forbids it
 * will not.
 */
function refusal(status: number, proxy: URL, { host, port }: HostAndPort, schemes: string): Error {
  const target = port === 443 ? host : `${host}:${port}`;
  const messageFor = (event: string) => `the proxy ${proxy.host} ${event} (HTTP ${status})`;
  if (status >= 500) return Object.assign(new Error(messageFor(`could not connect to ${target}`)), { code: 'EPROXY' });
  const problem = status === 407 ? authenticationProblem(proxy, schemes) : `refused to connect to ${target}`;
  return Object.assign(new Error(messageFor(problem)), { code: PROXY_REFUSED });
}

/** @param schemes the header `Proxy-Authenticate` */
function authenticationProblem({ username }: URL, schemes: string): string {
  if (schemes !== '' && !/\bbasic\b/i.test(schemes)) {
    const names = schemes.match(/(?<=^|,\s*)[\w-]+(?=\s|,|$)/g) ?? [];
    return `asks for a sign-in by ${[...new Set(names)].slice(0, 5).join(' or ')}, but only Basic is supported`;
  }
  return username === '' ? 'asks for a user and a password' : 'did not accept the user and password given to it';
}
