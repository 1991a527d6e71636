import { isIP, type Socket } from 'node:net';
import { connect, rootCertificates, type TLSSocket } from 'node:tls';
import { withoutCheckSwitch } from './certificate-check.ts';

/** PEM certificates to trust in addition to Node's own and `NODE_EXTRA_CA_CERTS`. */
export interface TlsSettings {
  readonly ca?: string;
}

/**
 * Opens TLS over a connection, as the client. Always checks the certificate: `NODE_TLS_REJECT_UNAUTHORIZED` changes
 * only Node's default, which does not apply here.
 *
 * @param host a name, or an address without brackets
 * @throws Node's error for an untrusted certificate or another failed handshake; the reason of the signal
 */
export function secure(socket: Socket, host: string, { ca }: TlsSettings, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    // Node would wait forever for a handshake.
    if (socket.destroyed || socket.readableEnded) throw closed();
    const secured = withoutCheckSwitch(() =>
      connect({
        socket,
        host,
        rejectUnauthorized: true,
        ALPNProtocols: ['http/1.1'],
        ...(isIP(host) === 0 ? { servername: host } : {}),
        // A `ca` option replaces Node's own list, so the two are joined.
        ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
      }),
    );
    const end = () => {
      signal.removeEventListener('abort', aborted);
      secured.removeListener('secureConnect', connected);
    };
    const fail = (reason: unknown) => {
      end();
      secured.destroy();
      reject(reason);
    };
    const connected = () => {
      end();
      resolve(secured);
    };
    const aborted = () => fail(signal.reason);
    secured.once('secureConnect', connected);
    secured.on('error', fail);
    secured.once('close', () => fail(closed()));
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
  });
}

function closed(): Error {
  return Object.assign(new Error('the connection was closed during the TLS handshake'), { code: 'ECONNRESET' });
}
