import type { EndpointName } from './faults/fault-rule.ts';

/** One request and its answer, without secrets. */
export interface JournalEntry {
  /** Counts from 1. */
  readonly id: number;
  /** Arrival on the machine's clock, ISO 8601. */
  readonly time: string;
  readonly endpoint: EndpointName;
  readonly method: string;
  /** Action of an STS request. */
  readonly action?: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly userAgent?: string;
  /** Whether a fault was applied. */
  readonly faulted: boolean;
  /** Status of the answer; 0 before it is sent, and if none is ever sent. */
  readonly status: number;
  /** Error code of the answer. */
  readonly code?: string;
}

export type Arrival = Omit<JournalEntry, 'id' | 'time' | 'status' | 'code'>;

/** List of the received requests, in order. */
export class Journal {
  readonly #milliseconds: () => number;
  #entries: JournalEntry[] = [];
  #count = 0;

  /** @param milliseconds since 1970 */
  constructor(milliseconds: () => number) {
    this.#milliseconds = milliseconds;
  }

  /** Records a request. Returns its id. */
  arrived(arrival: Arrival): number {
    this.#count += 1;
    const time = new Date(this.#milliseconds()).toISOString();
    this.#entries.push({ id: this.#count, time, ...arrival, status: 0 });
    return this.#count;
  }

  /** Records the answer to a request. Does nothing if the list was cleared since. */
  answered(id: number, answer: { readonly status: number; readonly code?: string | undefined }): void {
    const { status, code } = answer;
    this.#entries = this.#entries.map((entry) =>
      entry.id === id ? { ...entry, status, ...(code === undefined ? {} : { code }) } : entry,
    );
  }

  entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  clear(): void {
    this.#entries = [];
  }
}
