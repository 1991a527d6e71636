import { ANY_ONE, ANY_RUN, type Pattern } from '../policy/glob.ts';

/** Rules by which IAM reads the values of a condition. */
export interface ValueReading {
  /** Whether `*` and `?` are wildcards. */
  readonly hasWildcards: boolean;
  /** Whether `${…}` is a policy variable: the policy's version is 2012-10-17. */
  readonly hasVariables: boolean;
}

/** The part of a policy's value before the first character that the request decides. */
export interface ValueBeginning {
  readonly text: string;
  /** Whether the value ends there, so that it matches exactly this text. */
  readonly isWhole: boolean;
  /** Key of the policy variable that follows, e.g. `aws:PrincipalAccount`. */
  readonly variable: string | undefined;
}

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'wildcard'; readonly token: typeof ANY_RUN | typeof ANY_ONE }
  | { readonly kind: 'variable'; readonly key: string };

/** Keys that AWS fills from the role itself. Their value is the same for every caller. */
const ROLE_KEY = /^(?:aws:Resource(?:Account|OrgID)$|(?:aws|iam):ResourceTag\/)/i;

/** Reads a value up to the first wildcard or the first variable that AWS fills from the request. */
export function valueBeginning(value: string, reading: ValueReading): ValueBeginning {
  let text = '';
  for (const part of parts(value, reading)) {
    if (part.kind !== 'text') {
      return { text, isWhole: false, variable: part.kind === 'variable' ? part.key : undefined };
    }
    text += part.text;
  }
  return { text, isWhole: true, variable: undefined };
}

/** Converts a value to a pattern in which a variable that the request fills stands for any text. */
export function valuePattern(value: string, reading: ValueReading): Pattern {
  return [...parts(value, reading)].flatMap((part): Pattern => {
    if (part.kind === 'text') return Array.from(part.text);
    return [part.kind === 'variable' ? ANY_RUN : part.token];
  });
}

function* parts(value: string, { hasWildcards, hasVariables }: ValueReading): Generator<Part> {
  let rest = value;
  while (rest !== '') {
    const start = rest.search(hasWildcards ? /[*?]|\$\{/ : /\$\{/);
    if (start === -1) return yield { kind: 'text', text: rest };
    if (start > 0) yield { kind: 'text', text: rest.slice(0, start) };
    const special = rest.charAt(start);
    const end = special === '$' && hasVariables ? rest.indexOf('}', start) : start;
    if (special !== '$') yield { kind: 'wildcard', token: special === '*' ? ANY_RUN : ANY_ONE };
    else if (!hasVariables) yield { kind: 'text', text: '$' };
    else yield variable(rest.slice(start + '${'.length, end === -1 ? undefined : end));
    rest = end === -1 ? '' : rest.slice(end + 1);
  }
}

function variable(inside: string): Part {
  if (inside === '*' || inside === '?' || inside === '$') return { kind: 'text', text: inside };
  const [key = ''] = inside.split(',', 1);
  // Twelve digits fit into every place for a name, a number or an account.
  return ROLE_KEY.test(key.trim()) ? { kind: 'text', text: '000000000000' } : { kind: 'variable', key: key.trim() };
}
