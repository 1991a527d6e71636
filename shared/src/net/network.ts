import type { LookUp } from './dial.ts';
import { connectThrough, type ProxyFor } from './proxy.ts';
import type { TlsSettings } from './secure.ts';
import { networkTransport, type Transport } from './transport.ts';

/** Ways from this process to the network. */
export interface Network {
  readonly transport: Transport;
  /** Returns a transport that finds the addresses of hosts by this function. */
  transportBy(lookUp: LookUp): Transport;
  readonly proxyFor: ProxyFor;
}

export function networkThrough(proxyFor: ProxyFor, tls: TlsSettings = {}): Network {
  return {
    transport: networkTransport(connectThrough(proxyFor, tls)),
    transportBy: (lookUp) => networkTransport(connectThrough(proxyFor, { ...tls, lookUp })),
    proxyFor,
  };
}
