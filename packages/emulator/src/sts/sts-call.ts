import type { Clock } from '../clock.ts';
import type { Incoming } from '../http/incoming.ts';
import type { Iam } from './iam.ts';
import type { QueryRequest } from './query-request.ts';
import type { Sessions } from './sessions.ts';
import type { Fetch } from './verification-keys.ts';

export interface StsParts {
  readonly iam: Iam;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** Where an issuer's documents are; differs from its name for the issuers played here under public names. */
  readonly issuerUrl: (issuer: string) => string;
}

/** A request with what an operation may need to know of how it came. */
export interface StsCall {
  readonly http: Incoming;
  readonly query: QueryRequest;
  readonly sourceIp: string;
}
