import type { EndpointName } from '../faults/fault-rule.ts';
import type { Incoming } from './incoming.ts';
import type { Reply } from './reply.ts';

/** What a request is for, before it is worked on. */
export interface Visit {
  /** Undefined for what is the emulator's own (minting, control): never listed, never made to fail. */
  readonly observed?: {
    readonly endpoint: EndpointName;
    readonly action?: string;
    readonly parameters: Readonly<Record<string, string>>;
  };
  readonly answer: () => Promise<Reply> | Reply;
}

/** @param sourceIp address the request came from */
export type Site = (request: Incoming, sourceIp: string) => Visit;
