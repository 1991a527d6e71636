import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import type { Fault, Scene } from '../fault.ts';
import { atSts } from '../fault.ts';
import { makeAuthority } from '../network/authority.ts';
import { inspectingProxy } from '../network/inspecting-proxy.ts';
import { closeAfter, deadPort, portOf, rawServer, silentNameServer } from '../network/servers.ts';
import { tinyproxy } from '../network/tinyproxy.ts';

/** The emulator over TLS, under the authority of its run. */
const overTls = (scene: Scene) => scene.emulator.ready.https?.sts ?? '';

/** A file that the pipe can see. */
function inFolder(scene: Scene, name: string, text: string): string {
  const file = path.join(scene.folder, name);
  writeFileSync(file, text);
  return file;
}

const trusting = (scene: Scene, certificates: string) => ({
  NODE_EXTRA_CA_CERTS: inFolder(scene, 'ca.pem', certificates),
});

const ofEmulator = (scene: Scene) => scene.emulator.ready.ca ?? '';

/** The way to STS: names, connections, TLS. */
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
      const file = inFolder(scene, 'resolv.conf', `nameserver ${server}\n`);
      return {
        options: { stsEndpoint: 'https://sts.example.com', timeoutSeconds: '2' },
        dockerArguments: [`--volume=${file}:/etc/resolv.conf:ro`],
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
    name: 'certificate of an authority that was given',
    where: 'image',
    outcome: 'survived',
    calls: 1,
    arrange: (scene) => ({
      options: { stsEndpoint: overTls(scene) },
      environment: trusting(scene, ofEmulator(scene)),
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
  {
    name: 'proxy that passes on',
    where: 'image',
    outcome: 'survived',
    calls: 1,
    arrange: async (scene) => ({
      options: { stsEndpoint: overTls(scene) },
      environment: { HTTPS_PROXY: `http://${await tinyproxy(scene)}`, ...trusting(scene, ofEmulator(scene)) },
    }),
  },
  {
    name: 'proxy that refuses CONNECT',
    where: 'image',
    outcome: 'ProxyRefused',
    calls: 0,
    arrange: async (scene) => ({
      options: { stsEndpoint: overTls(scene) },
      environment: { HTTPS_PROXY: `http://${await tinyproxy(scene, ['ConnectPort 443'])}` },
    }),
    says: /the proxy refused to connect to .* \(HTTP 403\)/,
  },
  {
    name: 'proxy that asks for a user',
    where: 'image',
    outcome: 'ProxyRefused',
    calls: 0,
    arrange: async (scene) => ({
      options: { stsEndpoint: overTls(scene) },
      environment: { HTTPS_PROXY: `http://${await tinyproxy(scene, ['BasicAuth build open-sesame'])}` },
    }),
    says: /the proxy asks for a user and a password \(HTTP 407\)/,
  },
  {
    name: 'proxy that asks for a user, who is given',
    where: 'image',
    outcome: 'survived',
    calls: 1,
    arrange: async (scene) => ({
      options: { stsEndpoint: overTls(scene) },
      environment: {
        HTTPS_PROXY: `http://build:open-sesame@${await tinyproxy(scene, ['BasicAuth build open-sesame'])}`,
        ...trusting(scene, ofEmulator(scene)),
      },
    }),
  },
  {
    name: 'proxy that cannot reach STS',
    where: 'bundle',
    outcome: 'Unreachable',
    calls: 0,
    arrange: async (scene) => ({
      options: { stsEndpoint: `https://localhost:${await deadPort()}` },
      environment: { HTTPS_PROXY: `http://${await tinyproxy(scene)}` },
    }),
    says: /the proxy could not connect to localhost:\d+ \(HTTP 5\d\d\)/,
  },
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
        ...atSts({ code: 'InternalFailure', status: 500 }, { times: 1 }),
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
        ...atSts({ code: 'AccessDenied' }),
        options: { stsEndpoint: '', stsFallbackRegions: 'eu-central-1' },
        environment: {
          HTTPS_PROXY: `http://${await inspectingProxy(scene, authority)}`,
          ...trusting(scene, authority.certificate),
        },
      };
    },
  },
];
