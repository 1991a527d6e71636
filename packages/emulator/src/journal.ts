import type { EndpointName } from './faults/fault-rule.ts';

/** One request as it came and was answered, without its secrets. */
export interface JournalEntry {
  /** Counts from 1. */
  readonly id: number;
  /** When it came, on the machine's clock. */
  readonly time: string;
  readonly endpoint: EndpointName;
  readonly method: string;
  /** Of an STS request. */
  readonly action?: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly userAgent?: string;
  /** Whether a fault befell it. */
  readonly faulted: boolean;
  /** 0 while, or because, there was no answer. */
  readonly status: number;
  /** The error code answered. */
  readonly code?: string;
}

export type Arrival = Omit<JournalEntry, 'id' | 'time' | 'status' | 'code'>;

export interface Journal {
  /** Notes a request and hands back what notes its answer. */
  readonly arrived: (arrival: Arrival) => (status: number, code: string | undefined) => void;
  readonly entries: () => readonly JournalEntry[];
  readonly clear: () => void;
}

export function createJournal(milliseconds: () => number): Journal {
  let entries: JournalEntry[] = [];
  let count = 0;
  return {
    arrived: (arrival) => {
      count += 1;
      let entry: JournalEntry = { id: count, time: new Date(milliseconds()).toISOString(), ...arrival, status: 0 };
      entries.push(entry);
      return (status, code) => {
        const answered = { ...entry, status, ...(code === undefined ? {} : { code }) };
        entries = entries.map((other) => (other === entry ? answered : other));
        entry = answered;
      };
    },
    entries: () => entries,
    clear: () => {
      entries = [];
    },
  };
}
