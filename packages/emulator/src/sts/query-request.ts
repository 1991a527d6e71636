import type { Incoming } from '../http/incoming.ts';

/** The parameters of a request in AWS's Query protocol. The first value of a repeated parameter counts. */
export class QueryRequest {
  readonly #parameters = new Map<string, string>();

  constructor(request: Incoming) {
    const source = request.method === 'POST' ? request.body.toString('utf8') : request.query;
    for (const [name, value] of new URLSearchParams(source)) {
      if (!this.#parameters.has(name)) this.#parameters.set(name, value);
    }
  }

  get(name: string): string | undefined {
    return this.#parameters.get(name);
  }

  /**
   * Members of a list such as `PolicyArns.member.1.arn`, in the order of their numbers. Each is a map of fields. A plain
   * member has the field ''.
   */
  members(name: string): readonly ReadonlyMap<string, string>[] {
    const prefix = `${name}.member.`;
    const members = new Map<number, Map<string, string>>();
    for (const [key, value] of this.#parameters) {
      const match = key.startsWith(prefix) ? /^(\d{1,9})(?:\.(\w+))?$/.exec(key.slice(prefix.length)) : null;
      if (match === null) continue;
      const index = Number(match[1]);
      const fields = members.get(index) ?? new Map<string, string>();
      members.set(index, fields.set(match[2] ?? '', value));
    }
    return [...members.entries()].sort(([a], [b]) => a - b).map(([, fields]) => fields);
  }

  entries(): Iterable<[string, string]> {
    return this.#parameters.entries();
  }
}
