/** HCL as `terraform fmt` writes it. */

/** Code that is written unchanged. */
export class Expression {
  readonly code: string;

  constructor(code: string) {
    this.code = code;
  }
}

/** `jsonencode(…)` of plain data. */
export class JsonEncode {
  readonly value: object;

  constructor(value: object) {
    this.value = value;
  }
}

/** A block: groups of attributes with an empty line between them. */
export function block(header: string, groups: readonly object[]): string {
  return `${header} {\n${groups.map((group) => attributes(group, 1)).join('\n\n')}\n}`;
}

interface Attribute {
  readonly name: string;
  /** Lines after the first are indented already. */
  readonly value: string;
}

/** `terraform fmt` aligns the equals signs of neighbouring attributes that take one line each. */
function attributes(object: object, depth: number): string {
  const items = Object.entries(object).map(([key, value]: [string, unknown]) => ({
    name: /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : quoted(key),
    value: expression(value, depth),
  }));
  return items
    .map(({ name, value }, index) => {
      const width = value.includes('\n') ? name.length : alignedWidth(items, index);
      return `${'  '.repeat(depth)}${name.padEnd(width)} = ${value}`;
    })
    .join('\n');
}

function alignedWidth(items: readonly Attribute[], index: number): number {
  const isShort = (position: number): boolean => items[position]?.value.includes('\n') === false;
  let start = index;
  while (isShort(start - 1)) start -= 1;
  let end = index;
  while (isShort(end + 1)) end += 1;
  return Math.max(...items.slice(start, end + 1).map((item) => item.name.length));
}

function expression(value: unknown, depth: number): string {
  const indent = '  '.repeat(depth);
  if (value instanceof Expression) return value.code;
  if (value instanceof JsonEncode) return `jsonencode(${expression(value.value, depth)})`;
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    if (items.length === 1 && typeof items[0] === 'string') return `[${quoted(items[0])}]`;
    return ['[', ...items.map((item) => `${indent}  ${expression(item, depth + 1)},`), `${indent}]`].join('\n');
  }
  if (value instanceof Object) return ['{', attributes(value, depth + 1), `${indent}}`].join('\n');
  return JSON.stringify(value);
}

/** A string literal in which `${` and `%{` begin no template. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[$%](?=\{)/g, (character) => character + character);
}
