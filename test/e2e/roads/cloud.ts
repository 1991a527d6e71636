/**
 * AWS services for the roads of a new user. moto, an independent simulation, answers as IAM, S3, CloudFront,
 * CloudFormation and SQS. A gate in front of it accepts only requests with a session token of the emulator.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import type { Context } from 'mocha';
import { findTool, skipEvenInCi } from '../../support/tools.ts';

/** moto's account. */
export const ACCOUNT = '123456789012';

export interface Cloud {
  /** Environment of the administrator, who has all permissions. */
  readonly admin: Readonly<Record<string, string>>;
  /** Address for jobs, whose requests need a session of the emulator. */
  readonly gate: string;
  /**
   * Runs a command of the AWS CLI as administrator.
   *
   * @returns its JSON
   */
  aws(...args: readonly string[]): unknown;
  /** Number of requests that reached the gate without such a session. */
  refused(): number;
  stop(): void;
}

/**
 * Skips the suite with a printed reason on a machine without moto, or with an AWS CLI that does not support
 * AWS_ENDPOINT_URL.
 */
export function needsMoto(context: Context): void {
  const version = spawnSync('aws', ['--version'], { encoding: 'utf8' }).stdout ?? '';
  const [, major = '0', minor = '0'] = /aws-cli\/(\d+)\.(\d+)/.exec(version) ?? [];
  const knowsEndpoint = major === '1' ? Number(minor) >= 29 : Number(major) === 2 && Number(minor) >= 13;
  const reasons = [
    ...(findTool('moto_server') === undefined ? ['there is no moto_server here (pip install "moto[server]")'] : []),
    ...(knowsEndpoint ? [] : ['the AWS CLI is missing, or older than AWS_ENDPOINT_URL']),
  ];
  if (reasons.length > 0) skipEvenInCi(context, reasons.join('; '));
}

/**
 * Starts the services.
 *
 * @param issued secrets that the emulator has issued so far
 */
export async function startCloud(issued: () => Promise<readonly string[]>): Promise<Cloud> {
  const port = await freePort();
  const moto = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  let refusals = 0;
  const gate = createServer((incoming, response) => {
    const token = String(incoming.headers['x-amz-security-token'] ?? '');
    issued().then(
      (tokens) => {
        if (token !== '' && tokens.includes(token)) return forward(incoming, response, port);
        refusals += 1;
        response.writeHead(403).end();
      },
      () => response.writeHead(502).end(),
    );
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  const admin = {
    PATH: process.env['PATH'] ?? '',
    HOME: '/nonexistent',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'admin',
    AWS_SECRET_ACCESS_KEY: 'admin',
    AWS_DEFAULT_REGION: 'eu-west-1',
  };
  await answering(port);
  return {
    admin,
    gate: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`,
    aws: (...args) => {
      const output = execFileSync('aws', [...args, '--output', 'json', '--endpoint-url', admin.AWS_ENDPOINT_URL], {
        env: admin,
        encoding: 'utf8',
      });
      return output.trim() === '' ? undefined : (JSON.parse(output) as unknown);
    },
    refused: () => refusals,
    stop: () => stopAll(moto, gate),
  };
}

function stopAll(moto: ChildProcess, gate: Server): void {
  moto.kill('SIGTERM');
  gate.closeAllConnections();
  gate.close();
}

function forward(incoming: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url, headers } = incoming;
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  incoming.pipe(onward);
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

async function answering(port: number): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const there = await fetch(`http://127.0.0.1:${port}/moto-api/`).catch(() => undefined);
    if (there?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('moto did not answer within a minute');
}
