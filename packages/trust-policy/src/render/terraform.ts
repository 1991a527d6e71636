import { type TemplateRequest, template } from './template.ts';

/**
 * Terraform configuration, formatted as `terraform fmt` does, the same text for the same input.
 *
 * @throws ScopeError naming every field that is wrong.
 */
export function renderTerraform(request: TemplateRequest): string {
  const { trust, roleName, description, maxSessionDuration, permissions, createProvider } = template(request);
  const federated = createProvider ? new Expression('aws_iam_openid_connect_provider.ci.arn') : trust.providerArn;
  const trustPolicy = {
    ...trust.trustPolicy,
    Statement: trust.trustPolicy.Statement.map((statement) => ({ ...statement, Principal: { Federated: federated } })),
  };
  const blocks = [
    ...(createProvider
      ? [
          block('resource "aws_iam_openid_connect_provider" "ci"', [
            { url: trust.providerUrl, client_id_list: trust.clientIds },
          ]),
        ]
      : []),
    block('resource "aws_iam_role" "ci"', [
      { name: roleName, description, max_session_duration: maxSessionDuration },
      { assume_role_policy: new JsonEncode(trustPolicy) },
    ]),
    ...(permissions === undefined
      ? []
      : [
          block('resource "aws_iam_role_policy" "ci"', [
            { name: roleName, role: new Expression('aws_iam_role.ci.id') },
            { policy: new JsonEncode(permissions) },
          ]),
        ]),
    block('output "role_arn"', [
      { description: 'The role for the CI job to assume', value: new Expression('aws_iam_role.ci.arn') },
    ]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** Written as it is. */
class Expression {
  readonly code: string;

  constructor(code: string) {
    this.code = code;
  }
}

/** `jsonencode(…)` of plain data. */
class JsonEncode {
  readonly value: object;

  constructor(value: object) {
    this.value = value;
  }
}

/** Groups of attributes with an empty line between them. */
function block(header: string, groups: readonly object[]): string {
  return `${header} {\n${groups.map((group) => attributes(group, 1)).join('\n\n')}\n}`;
}

interface Attribute {
  readonly name: string;
  /** Lines but the first are indented already. */
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
  const isShort = (at: number): boolean => items[at]?.value.includes('\n') === false;
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
  return JSON.stringify(text).replace(/[$%](?=\{)/g, (sign) => sign + sign);
}
