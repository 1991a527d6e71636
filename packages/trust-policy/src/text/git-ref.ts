/** Whether Git accepts the name for a branch or a tag (git-check-ref-format). */
export function isRefName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Git refuses control characters
  if (name === '@' || /[\u0000- ~^:?*[\\\u007f]|\.\.|@\{|\/\/|^[/-]|[/.]$/.test(name)) return false;
  return name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
}

const PREFIXES = { branch: 'refs/heads/', tag: 'refs/tags/' } as const;

/**
 * Finds the reason why a text is not the short name of a branch or tag. Continues a sentence that begins with the
 * field. Returns undefined for a usable name.
 */
export function refProblem(name: string, kind: 'branch' | 'tag'): string | undefined {
  const other = kind === 'branch' ? 'tag' : 'branch';
  if (name.startsWith(PREFIXES[kind])) {
    return `must be only the name: write "${name.slice(PREFIXES[kind].length)}" instead of "${name}"`;
  }
  if (name.startsWith(PREFIXES[other])) {
    return `is the name of a ${other}: give ${other} "${name.slice(PREFIXES[other].length)}" instead`;
  }
  if (name.startsWith('refs/')) return `must be the name of a ${kind}, and "${name}" is another ref`;
  return isRefName(name) ? undefined : `must be a name that Git accepts for a ${kind}`;
}
