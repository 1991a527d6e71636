import distance from 'damerau-levenshtein';

/** The name that was likely meant; undefined where none is near. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((name) => ({ name, steps: name.startsWith(given) ? 0 : distance(given, name).steps }))
    .toSorted((one, other) => one.steps - other.steps);
  return best !== undefined && best.steps <= Math.max(1, Math.floor(given.length / 3)) ? best.name : undefined;
}
