import type { EndpointName } from '../faults/fault-rule.ts';
import type { Incoming } from './incoming.ts';
import type { Reply } from './reply.ts';

/** A request with its endpoint, before it is processed. */
export interface RoutedRequest {
  /** Undefined for the emulator's own endpoints (mint, control): those are never listed and never fail on purpose. */
  readonly observed?: {
    readonly endpoint: EndpointName;
    readonly action?: string;
    readonly parameters: Readonly<Record<string, string>>;
  };
  answer(): Promise<Reply> | Reply;
}

/** @param sourceIp address of the client */
export type Router = (request: Incoming, sourceIp: string) => RoutedRequest;
