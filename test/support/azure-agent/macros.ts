/**
 * Expands `$(name)` in a text (agent, `VarUtil.ExpandValues`). The result is not expanded again. An undefined macro
 * stays, and a macro inside it is still expanded.
 */
export function expandMacros(text: string, lookUp: (name: string) => string | undefined): string {
  let expanded = text;
  let from = 0;
  for (;;) {
    const begin = expanded.indexOf('$(', from);
    const end = begin < 0 ? -1 : expanded.indexOf(')', begin + 2);
    if (end < 0) return expanded;
    const name = expanded.slice(begin + 2, end);
    const value = name === '' ? undefined : lookUp(name);
    if (value === undefined) {
      from = begin + 1;
    } else {
      expanded = expanded.slice(0, begin) + value + expanded.slice(end + 1);
      from = begin + value.length;
    }
  }
}
