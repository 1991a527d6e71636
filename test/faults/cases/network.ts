import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { SilentServer, type SilentServerOptions } from '../../support/silent-server.ts';
import type { Fault, Scene } from '../fault.ts';
import { stsFault } from '../fault.ts';
import { makeAuthority } from '../network/authority.ts';
import { inspectingProxy } from '../network/inspecting-proxy.ts';
import { closeAfter, deadPort, nameServer, portOf, rawServer, silentNameServer } from '../network/servers.ts';
import { squid } from '../network/squid.ts';
import { tinyproxy } from '../network/tinyproxy.ts';

/** The emulator over TLS, under the authority of its run. */
const overTls = (scene: Scene) => scene.emulator.ready.https?.sts ?? '';

/** A file that the pipe can see. */
function writeToFolder(scene: Scene, name: string, text: string): string {
  const file = path.join(scene.folder, name);
  writeFileSync(file, text);
  return file;
}

const trusting = (scene: Scene, certificates: string) => ({
  NODE_EXTRA_CA_CERTS: writeToFolder(scene, 'ca.pem', certificates),
});

const emulatorAuthority = (scene: Scene) => scene.emulator.ready.ca ?? '';

const NAME = 'sts.network.example';

/** STS over TLS under a name with these addresses, from the container's own name server. */
async function namedSts(scene: Scene, addresses: readonly string[]) {
  const authority = makeAuthority(scene);
  const server = createTlsServer(authority.issue([NAME]), (client) => {
    const upstream = connect(Number(new URL(scene.emulator.ready.sts).port), '127.0.0.1');
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.pipe(upstream).pipe(client);
  });
  closeAfter(scene, server);
  const resolver = writeToFolder(scene, 'resolv.conf', `nameserver ${await nameServer(scene, addresses)}\n`);
  return {
    port: await portOf(server),
    environment: trusting(scene, authority.certificate),
    dockerArguments: [`--volume=${resolver}:/etc/resolv.conf:ro`],
  };
}

async function silentServer(scene: Scene, options: SilentServerOptions): Promise<SilentServer> {
  const server = await SilentServer.start(options);
  scene.after(() => server.stop());
  return server;
}

interface RealProxy {
  readonly name: string;
  readonly open: (scene: Scene) => Promise<string>;
  /** Refuses every CONNECT to another port than 443. */
  readonly refusing: (scene: Scene) => Promise<string>;
  /** Requires the user `build` with the password `open-sesame`. */
  readonly locked: (scene: Scene) => Promise<string>;
}

const REAL_PROXIES: readonly RealProxy[] = [
  {
    name: 'tinyproxy',
    open: (scene) => tinyproxy(scene),
    refusing: (scene) => tinyproxy(scene, ['ConnectPort 443']),
    locked: (scene) => tinyproxy(scene, ['BasicAuth build open-sesame']),
  },
  {
    name: 'squid',
    open: (scene) => squid(scene),
    refusing: (scene) => squid(scene, []),
    locked: (scene) => squid(scene, ['allow users']),
  },
];

/** Faults with each of the real proxies. */
function throughRealProxies(): Fault[] {
  return REAL_PROXIES.flatMap(({ name, open, refusing, locked }) => [
    {
      name: `${name} that passes on`,
      where: 'image',
      outcome: 'survived',
      calls: 1,
      arrange: async (scene) => ({
        options: { stsEndpoint: overTls(scene) },
        environment: { HTTPS_PROXY: `http://${await open(scene)}`, ...trusting(scene, emulatorAuthority(scene)) },
      }),
    },
    {
      name: `${name} that refuses CONNECT`,
      where: 'image',
      outcome: 'ProxyRefused',
      calls: 0,
      arrange: async (scene) => ({
        options: { stsEndpoint: overTls(scene) },
        environment: { HTTPS_PROXY: `http://${await refusing(scene)}` },
      }),
      says: /the proxy 127\.0\.0\.1:\d+ refused to connect to .* \(HTTP 403\)/,
    },
    {
      name: `${name} that asks for a user`,
      where: 'image',
      outcome: 'ProxyRefused',
      calls: 0,
      arrange: async (scene) => ({
        options: { stsEndpoint: overTls(scene) },
        environment: { HTTPS_PROXY: `http://${await locked(scene)}` },
      }),
      says: /the proxy 127\.0\.0\.1:\d+ asks for a user and a password \(HTTP 407\)/,
    },
    {
      name: `${name} that asks for a user, who is given`,
      where: 'image',
      outcome: 'survived',
      calls: 1,
      arrange: async (scene) => ({
        options: { stsEndpoint: overTls(scene) },
        environment: {
          HTTPS_PROXY: `http://build:open-sesame@${await locked(scene)}`,
          ...trusting(scene, emulatorAuthority(scene)),
        },
      }),
    },
    {
      name: `${name} that cannot reach STS`,
      where: 'bundle',
      outcome: 'Unreachable',
      calls: 0,
      arrange: async (scene) => ({
        options: { stsEndpoint: `https://localhost:${await deadPort()}` },
        environment: { HTTPS_PROXY: `http://${await open(scene)}` },
      }),
      says: /the proxy 127\.0\.0\.1:\d+ could not connect to localhost:\d+ \(HTTP 5\d\d\)/,
    },
  ]);
}

/** Faults on the way to STS: names, connections, TLS. */
export const network: readonly Fault[] = [
  {
    name: 'nothing listens',
    where: 'bundle',
    outcome: 'Unreachable',
    calls: 0,
    arrange: async () => ({ options: { stsEndpoint: `http://127.0.0.1:${await deadPort()}` } }),
    says: /ECONNREFUSED/,
  },
  {
    name: 'name that nobody knows',
    where: 'image',
    outcome: 'Unreachable',
    calls: 0,
    arrange: () => ({ options: { stsEndpoint: 'https://sts.nowhere.invalid', timeoutSeconds: '30' } }),
    says: /ENOTFOUND|EAI_AGAIN/,
  },
  {
    name: 'name server that never answers',
    where: 'image',
    outcome: 'TimedOut',
    calls: 0,
    arrange: async (scene) => {
      const server = await silentNameServer(scene);
      const file = writeToFolder(scene, 'resolv.conf', `nameserver ${server}\n`);
      return {
        options: { stsEndpoint: 'https://sts.example.com', timeoutSeconds: '2' },
        dockerArguments: [`--volume=${file}:/etc/resolv.conf:ro`],
      };
    },
  },
  {
    name: 'slow connection, to a name with two addresses',
    where: 'image',
    outcome: 'survived',
    calls: 1,
    arrange: async (scene) => {
      const { port, ...arrangement } = await namedSts(scene, ['127.0.0.21', '127.0.0.24']);
      const slow = await silentServer(scene, { host: '127.0.0.21', forwardTo: port });
      setTimeout(() => slow.wake(), 1500);
      return { ...arrangement, options: { stsEndpoint: `https://${NAME}:${slow.port}`, timeoutSeconds: '20' } };
    },
  },
  {
    name: 'first of two addresses never answers',
    where: 'image',
    outcome: 'survived',
    calls: 1,
    arrange: async (scene) => {
      const { port, ...arrangement } = await namedSts(scene, ['127.0.0.22', '127.0.0.1']);
      await silentServer(scene, { host: '127.0.0.22', port });
      return { ...arrangement, options: { stsEndpoint: `https://${NAME}:${port}` } };
    },
  },
  {
    name: 'proxy whose first address never answers',
    where: 'image',
    outcome: 'survived',
    calls: 1,
    arrange: async (scene) => {
      const { dockerArguments } = await namedSts(scene, ['127.0.0.23', '127.0.0.1']);
      const [, port] = (await tinyproxy(scene)).split(':');
      await silentServer(scene, { host: '127.0.0.23', port: Number(port) });
      return {
        dockerArguments,
        options: { stsEndpoint: overTls(scene) },
        environment: { HTTPS_PROXY: `http://${NAME}:${port}`, ...trusting(scene, emulatorAuthority(scene)) },
      };
    },
  },
  {
    name: 'something else than HTTP answers',
    where: 'bundle',
    outcome: 'UnexpectedAnswer',
    calls: 0,
    arrange: async (scene) => ({
      options: { stsEndpoint: `http://${await rawServer(scene, (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'))}` },
    }),
  },
  {
    name: 'connection closed without a word, each time',
    where: 'bundle',
    outcome: 'Unreachable',
    calls: 0,
    arrange: async (scene) => ({
      options: { stsEndpoint: `http://${await rawServer(scene, (socket) => socket.end())}` },
    }),
  },
  {
    name: 'HTTP where TLS should be',
    where: 'bundle',
    outcome: 'UnexpectedAnswer',
    calls: 0,
    arrange: ({ emulator }) => ({ options: { stsEndpoint: emulator.ready.sts.replace('http:', 'https:') } }),
  },
  {
    name: 'TLS handshake that nobody answers',
    where: 'bundle',
    outcome: 'TimedOut',
    calls: 0,
    arrange: async (scene) => ({
      options: { stsEndpoint: `https://${await rawServer(scene, () => {})}`, timeoutSeconds: '2' },
    }),
  },
  {
    name: 'certificate of an unknown authority',
    where: 'image',
    outcome: 'CertificateNotTrusted',
    calls: 0,
    arrange: (scene) => ({ options: { stsEndpoint: overTls(scene) } }),
    says: /NODE_EXTRA_CA_CERTS/,
  },
  {
    name: 'certificate of an unknown authority, and NODE_TLS_REJECT_UNAUTHORIZED=0',
    where: 'image',
    outcome: 'CertificateNotTrusted',
    calls: 0,
    arrange: (scene) => ({
      options: { stsEndpoint: overTls(scene) },
      environment: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    }),
    says: /NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect here/,
  },
  {
    name: 'proxy that NODE_USE_ENV_PROXY would have Node use for this machine',
    where: 'bundle',
    outcome: 'survived',
    calls: 1,
    arrange: async () => ({
      environment: { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: `http://127.0.0.1:${await deadPort()}` },
    }),
  },
  {
    name: 'proxy that NO_PROXY exempts the domain from',
    where: 'image',
    outcome: 'survived',
    calls: 1,
    arrange: async (scene) => {
      const { port, environment, dockerArguments } = await namedSts(scene, ['127.0.0.1']);
      const proxy = { HTTPS_PROXY: `http://127.0.0.1:${await deadPort()}`, NO_PROXY: 'network.example' };
      return {
        dockerArguments,
        options: { stsEndpoint: `https://${NAME}:${port}` },
        environment: { ...environment, ...proxy },
      };
    },
  },
  {
    name: 'certificate of an authority that was given',
    where: 'image',
    outcome: 'survived',
    calls: 1,
    arrange: (scene) => ({
      options: { stsEndpoint: overTls(scene) },
      environment: trusting(scene, emulatorAuthority(scene)),
    }),
  },
  {
    name: 'certificate for another name',
    where: 'bundle',
    outcome: 'CertificateNotTrusted',
    calls: 0,
    arrange: async (scene) => {
      const authority = makeAuthority(scene);
      const server = createTlsServer(authority.issue(['elsewhere.example']));
      closeAfter(scene, server);
      return {
        options: { stsEndpoint: `https://127.0.0.1:${await portOf(server)}` },
        environment: trusting(scene, authority.certificate),
      };
    },
    says: /ERR_TLS_CERT_ALTNAME_INVALID/,
  },
  {
    name: 'proxy that does not listen',
    where: 'bundle',
    outcome: 'Unreachable',
    calls: 0,
    arrange: async (scene) => ({
      options: { stsEndpoint: overTls(scene) },
      environment: { HTTPS_PROXY: `http://127.0.0.1:${await deadPort()}` },
    }),
    says: /the proxy 127\.0\.0\.1:\d+: connect ECONNREFUSED/,
  },
  {
    name: 'proxy that never answers CONNECT',
    where: 'bundle',
    outcome: 'TimedOut',
    calls: 0,
    arrange: async (scene) => ({
      options: { stsEndpoint: overTls(scene), timeoutSeconds: '2' },
      environment: { HTTPS_PROXY: `http://${await rawServer(scene, () => {})}` },
    }),
  },
  ...throughRealProxies(),
  {
    name: 'TLS inspection by an unknown authority',
    where: 'image',
    outcome: 'CertificateNotTrusted',
    calls: 0,
    arrange: async (scene) => ({
      options: { stsEndpoint: '' },
      environment: { HTTPS_PROXY: `http://${await inspectingProxy(scene, makeAuthority(scene))}` },
    }),
  },
  {
    name: 'TLS inspection by an authority that was given',
    where: 'image',
    outcome: 'survived',
    calls: 1,
    arrange: async (scene) => {
      const authority = makeAuthority(scene);
      return {
        options: { stsEndpoint: '' },
        environment: {
          HTTPS_PROXY: `http://${await inspectingProxy(scene, authority)}`,
          ...trusting(scene, authority.certificate),
        },
      };
    },
  },
  {
    name: 'region out of reach, another one given',
    where: 'bundle',
    outcome: 'survived',
    calls: 1,
    arrange: async (scene) => {
      const authority = makeAuthority(scene);
      const proxy = await inspectingProxy(scene, authority, (host) => host === 'sts.eu-central-1.amazonaws.com');
      return {
        options: { stsEndpoint: '', stsFallbackRegions: 'eu-central-1' },
        environment: { HTTPS_PROXY: `http://${proxy}`, ...trusting(scene, authority.certificate) },
      };
    },
    says: /sts\.eu-west-1\.amazonaws\.com could not serve the request; the credentials came from https:\/\/sts\.eu-central-1\.amazonaws\.com/,
  },
  {
    name: 'region with a fault, another one given',
    where: 'bundle',
    outcome: 'survived',
    calls: 2,
    arrange: async (scene) => {
      const authority = makeAuthority(scene);
      return {
        ...stsFault({ code: 'InternalFailure', status: 500 }, { times: 1 }),
        options: { stsEndpoint: '', stsFallbackRegions: 'eu-central-1' },
        environment: {
          HTTPS_PROXY: `http://${await inspectingProxy(scene, authority)}`,
          ...trusting(scene, authority.certificate),
        },
      };
    },
    says: /the credentials came from https:\/\/sts\.eu-central-1\.amazonaws\.com/,
  },
  {
    name: 'denial in a region, another one given',
    where: 'bundle',
    outcome: 'AccessDenied',
    calls: 1,
    arrange: async (scene) => {
      const authority = makeAuthority(scene);
      return {
        ...stsFault({ code: 'AccessDenied' }),
        options: { stsEndpoint: '', stsFallbackRegions: 'eu-central-1' },
        environment: {
          HTTPS_PROXY: `http://${await inspectingProxy(scene, authority)}`,
          ...trusting(scene, authority.certificate),
        },
      };
    },
  },
];
