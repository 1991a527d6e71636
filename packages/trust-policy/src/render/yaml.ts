/** Lines of block-style YAML for plain data. Strings are quoted as in JSON, which YAML 1.2 reads the same way. */
export function yaml(value: unknown, depth = 0): string[] {
  const indent = '  '.repeat(depth);
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => {
      if (!isContainer(item)) return [`${indent}- ${JSON.stringify(item)}`];
      return yaml(item, depth + 1).map((line, index) => (index === 0 ? `${indent}- ${line.trimStart()}` : line));
    });
  }
  return Object.entries(value ?? {}).flatMap(([key, member]: [string, unknown]) => {
    const name = /^[A-Za-z][A-Za-z0-9]*$/.test(key) ? key : JSON.stringify(key);
    return isContainer(member)
      ? [`${indent}${name}:`, ...yaml(member, depth + 1)]
      : [`${indent}${name}: ${JSON.stringify(member)}`];
  });
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object';
}
