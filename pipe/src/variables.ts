import {
  type Environment,
  isSet,
  mapOptions,
  OPTIONS,
  type OptionProblem,
  Problem,
  printable,
  type RawOption,
  type RawOptions,
} from '@aws-oidc-assume/shared';

/** Variables of the options: the documented name of each, then its aliases. */
export const VARIABLES = mapOptions((key): readonly [string, ...string[]] => OPTIONS[key].pipe);

/** Reads the options from the variables, together with problems of the variables themselves. */
export function rawOptions(env: Environment): { raw: RawOptions; problems: readonly OptionProblem[] } {
  const problems: OptionProblem[] = [];
  const read = (name: string): RawOption => {
    try {
      return { name, value: rawValue(env, name) };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push({ option: `${name}_COUNT`, message: error.message });
      return { name, value: undefined };
    }
  };
  const raw = mapOptions((key): RawOption => {
    const names = VARIABLES[key];
    const candidates = names.map(read);
    const [first, second] = candidates.filter(isSet);
    if (first && second && String(first.value).trim() !== String(second.value).trim()) {
      problems.push({
        option: second.name,
        message: `differs from ${first.name}, which means the same; set only one of them`,
      });
    }
    // An empty value means that the variable behind it is undefined, which matters for limits.
    return first ?? candidates.find(({ value }) => value !== undefined) ?? { name: names[0], value: undefined };
  });
  return { raw, problems };
}

/** Bitbucket passes a list `X: [a, b]` as `X_COUNT=2`, `X_0=a`, `X_1=b` ("Advanced techniques for writing pipes"). */
function rawValue(env: Environment, name: string): RawOption['value'] {
  const count = env[`${name}_COUNT`]?.trim() ?? '';
  const uncountedName = Object.keys(env).find(
    (item) => isItem(item, name) && Number(item.slice(name.length + 1)) >= Number(count),
  );
  // An item that is not counted would be a limit that is lost.
  if (uncountedName !== undefined)
    throw new Problem(
      `is ${count === '' ? 'missing' : count}, but ${uncountedName} is set: write a YAML list, whose items Bitbucket counts`,
    );
  if (count === '') return env[name];
  if (env[name]?.trim()) throw new Problem(`contradicts ${name}: give a list or a text, not both`);
  if (!/^\d{1,3}$/.test(count)) throw new Problem(`is "${printable(count, 100)}", not a number of items`);
  return Array.from({ length: Number(count) }, (_, index) => env[`${name}_${index}`] ?? '');
}

function isItem(variable: string, list: string): boolean {
  return variable.startsWith(`${list}_`) && /^\d+$/.test(variable.slice(list.length + 1));
}
