import type { Incoming } from '../http/incoming.ts';

/** The parameters of a request in AWS's Query protocol. */
export interface QueryRequest {
  /** Undefined when absent. Of a repeated parameter the first value counts. */
  readonly get: (name: string) => string | undefined;
  /** `PolicyArns.member.1.arn` … in the order of their numbers: one map of member fields each; a plain member has the field ''. */
  readonly members: (name: string) => readonly ReadonlyMap<string, string>[];
  readonly entries: () => Iterable<[string, string]>;
}

export function queryRequest(request: Incoming): QueryRequest {
  const parameters = new URLSearchParams(request.method === 'POST' ? request.body.toString('utf8') : request.query);
  const first = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (!first.has(name)) first.set(name, value);
  }
  return {
    get: (name) => first.get(name),
    members: (name) => {
      const found = new Map<number, Map<string, string>>();
      for (const [key, value] of first) {
        const rest = key.startsWith(`${name}.member.`) ? key.slice(name.length + '.member.'.length) : '';
        const match = /^(\d{1,9})(?:\.(\w+))?$/.exec(rest);
        if (match === null) continue;
        const index = Number(match[1]);
        const fields = found.get(index) ?? new Map<string, string>();
        found.set(index, fields.set(match[2] ?? '', value));
      }
      return [...found.entries()].sort(([a], [b]) => a - b).map(([, fields]) => fields);
    },
    entries: () => first.entries(),
  };
}
