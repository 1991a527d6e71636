import type { EndpointName, Fault, FaultRule } from './fault-rule.ts';

export interface FaultQuery {
  readonly endpoint: EndpointName;
  readonly action: string | undefined;
}

export interface FaultDesk {
  readonly rules: () => readonly FaultRule[];
  /** Puts new rules in place of all others; their counts start anew. */
  readonly replace: (rules: readonly FaultRule[]) => void;
  /** The fault that befalls this request, if any: of the rules that match, the first that has not run out. Counts the request. */
  readonly next: (query: FaultQuery) => Fault | undefined;
}

interface Counted {
  readonly rule: FaultRule;
  seen: number;
  readonly admits: () => boolean;
}

/** @param milliseconds a clock that only goes forward */
export function createFaultDesk(milliseconds: () => number): FaultDesk {
  let counted: readonly Counted[] = [];
  return {
    rules: () => counted.map(({ rule }) => rule),
    replace: (rules) => {
      counted = rules.map((rule) => ({
        rule,
        seen: 0,
        admits: bucket(rule.fault.throttleRatePerSecond, milliseconds),
      }));
    },
    next: (query) => {
      let chosen: Counted | undefined;
      for (const candidate of counted) {
        if (!matches(candidate.rule, query)) continue;
        candidate.seen += 1;
        if (inTurn(candidate)) chosen ??= candidate;
      }
      // A throttle that admits the request leaves it alone.
      return chosen === undefined || chosen.admits() ? undefined : chosen.rule.fault;
    },
  };
}

function matches({ match }: FaultRule, { endpoint, action }: FaultQuery): boolean {
  return (match.endpoint ?? endpoint) === endpoint && (match.action ?? action) === action;
}

function inTurn({ rule: { match }, seen }: Counted): boolean {
  return (match.nth ?? seen) === seen && seen <= (match.times ?? seen);
}

/** A token bucket; without a rate it admits nothing, so that the fault always applies. */
function bucket(rate: number | undefined, milliseconds: () => number): () => boolean {
  if (rate === undefined) return () => false;
  const capacity = Math.max(1, rate);
  let tokens = capacity;
  let last = milliseconds();
  return () => {
    const now = milliseconds();
    tokens = Math.min(capacity, tokens + ((now - last) / 1000) * rate);
    last = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
