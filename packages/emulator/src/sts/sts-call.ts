import type { Clock } from '../clock.ts';
import type { Incoming } from '../http/incoming.ts';
import type { Iam } from './iam.ts';
import type { QueryRequest } from './query-request.ts';
import type { Sessions } from './sessions.ts';
import type { MessageStyle } from './token-messages.ts';
import type { Fetch } from './verification-keys.ts';

export interface StsParts {
  readonly iam: Iam;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** Base URL of an issuer's documents. It differs from the name if the emulator plays a public issuer. */
  readonly issuerUrl: (issuer: string) => string;
  /** Texts of refused tokens; `current` by default. */
  readonly messages?: MessageStyle;
}

/** A request with the facts about its transport that an operation needs. */
export interface StsCall {
  readonly http: Incoming;
  readonly query: QueryRequest;
  readonly sourceIp: string;
}
