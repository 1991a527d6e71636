import { ANY_ONE, ANY_RUN, type Pattern } from './glob.ts';
import type { RequestContext } from './request-context.ts';
import { isMultivaluedKey } from './unknown-keys.ts';

/** Meaning of a policy's value in one request. */
export type Expansion =
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  /** A variable without a value, which matches nothing (IAM guide, "Policy variables with no value"). */
  | { readonly kind: 'no-value'; readonly variable: string }
  /** A variable whose value AWS knows and the caller did not provide. */
  | { readonly kind: 'unknown-value'; readonly variable: string; readonly reason: string }
  /** Text without documented meaning, e.g. `${` without an end, or a multivalued key. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface ExpandOptions {
  /** Whether `*` and `?` are wildcards here. */
  readonly wildcards: boolean;
  /** Undefined if the policy's version has no variables. `${…}` is plain text then. */
  readonly variables: RequestContext | undefined;
}

type Token = Pattern[number];

/** Most characters of an expanded value. No value of a request is longer: STS accepts tokens of 20,000 characters. */
const LONGEST_EXPANSION = 50_000;

/** Converts a policy value to a pattern, with `${key}`, `${key, 'default'}`, `${*}`, `${?}` and `${$}` replaced. */
export function expandValue(value: string, { wildcards, variables }: ExpandOptions): Expansion {
  const pattern: Token[] = [];
  let rest = value;
  while (variables !== undefined && rest.includes('${')) {
    const start = rest.indexOf('${');
    pushText(pattern, rest.slice(0, start), wildcards);
    const end = endOfVariable(rest, start + '${'.length);
    if (end === -1) return { kind: 'unknown', reason: 'a policy variable is not closed by "}"' };
    const inside = rest.slice(start + '${'.length, end);
    const replaced = replaceVariable(inside, variables);
    if (replaced.kind !== 'text') return replaced;
    if (pattern.length + replaced.text.length > LONGEST_EXPANSION) {
      return {
        kind: 'unknown',
        reason: `with its policy variables the value has over ${LONGEST_EXPANSION} characters`,
      };
    }
    // The value of a variable is data: a `*` in a claim must not become a wildcard of the policy.
    for (const character of replaced.text) pattern.push(character);
    rest = rest.slice(end + '}'.length);
  }
  pushText(pattern, rest, wildcards);
  return { kind: 'pattern', pattern };
}

/** Returns the position of the closing brace, or -1. A brace inside a quoted default does not close the variable. */
function endOfVariable(text: string, start: number): number {
  let isQuoted = false;
  for (let index = start; index < text.length; index += 1) {
    if (text[index] === "'") isQuoted = !isQuoted;
    else if (text[index] === '}' && !isQuoted) return index;
  }
  return -1;
}

function pushText(pattern: Token[], text: string, wildcards: boolean): void {
  for (const character of text) {
    if (wildcards && character === '*') pattern.push(ANY_RUN);
    else if (wildcards && character === '?') pattern.push(ANY_ONE);
    else pattern.push(character);
  }
}

type Replacement = { readonly kind: 'text'; readonly text: string } | Exclude<Expansion, { kind: 'pattern' }>;

function replaceVariable(inside: string, context: RequestContext): Replacement {
  if (inside === '*' || inside === '?' || inside === '$') return { kind: 'text', text: inside };
  const comma = inside.indexOf(',');
  const key = (comma === -1 ? inside : inside.slice(0, comma)).trim();
  if (key === '') return { kind: 'unknown', reason: 'a policy variable has no name' };
  const fallback = comma === -1 ? undefined : inside.slice(comma + 1).trim();
  if (fallback !== undefined && !/^'[^']*'$/.test(fallback)) {
    return { kind: 'unknown', reason: `the default of "\${${key}}" is not in single quotes` };
  }
  const values = context.values(key);
  if (values !== undefined && (values.length > 1 || isMultivaluedKey(key))) {
    return {
      kind: 'unknown',
      reason: `"\${${key}}" can have several values, and IAM allows no multivalued key as a variable`,
    };
  }
  const [value] = values ?? [];
  if (value !== undefined) return { kind: 'text', text: value };
  const reason = context.whyUnknown(key);
  if (reason !== undefined) return { kind: 'unknown-value', variable: key, reason };
  if (fallback !== undefined) return { kind: 'text', text: fallback.slice(1, -1) };
  return { kind: 'no-value', variable: key };
}
