import { ASSUME_OPTIONS } from '../../packages/cli/src/options/assume-options.ts';
import { defaultOf, filledIn, type Row, rows } from './rows.ts';

/** Markdown tables by the name of their place in a document. */
export const TABLES: Readonly<Record<string, () => string>> = {
  'docs/options.md options': () =>
    table(
      ['what', 'pipe variable', 'task input', 'default', 'rule'],
      rows().map((row) => [
        row.summary,
        names(row.variables, 'or'),
        row.input === undefined ? '' : `\`${row.input}\``,
        row.pipe?.required ? 'required' : (defaultOf(row) ?? 'none'),
        filledIn(row.rule, row),
      ]),
    ),
  'SKILL.md options': () =>
    table(
      ['pipe variable', 'task input', 'what it is'],
      rows().map(({ variables: [name], input, summary }) => [
        name === undefined ? '' : `\`${name}\``,
        input === undefined ? '' : `\`${input}\``,
        summary,
      ]),
    ),
  'pipe/README.md definition': definition,
  'pipe/README.md variables': () =>
    table(
      ['Variable', 'Usage'],
      pipeRows().map((row) => [
        `${row.variables[0]}${row.pipe?.required ? ' (*)' : ''}`,
        sentences([
          filledIn(row.text, row, 'pipe'),
          row.pipe?.text && filledIn(row.pipe.text, row, 'pipe'),
          row.variables.length > 1 && `${names(row.variables.slice(1), 'and')} means the same.`,
          defaultSentence(defaultOf(row, 'pipe')),
        ]),
      ]),
    ),
  'ado-extension/overview.md inputs': () =>
    table(
      ['input', 'what it is'],
      taskRows().map((row) => [
        `\`${row.input}\``,
        row.kind === 'mode' ? `${row.summary}: ${filledIn(row.rule, row, 'task')}` : row.summary,
      ]),
    ),
  'docs/azure-devops.md inputs': () =>
    table(
      ['input (aliases)', 'default', 'rule'],
      taskRows().map((row) => [
        `\`${row.input}\`${row.task?.aliases ? ` (${row.task.aliases.join(', ')})` : ''}`,
        row.task?.default ?? defaultOf(row, 'task') ?? 'none',
        filledIn(row.rule, row, 'task'),
      ]),
    ),
  'docs/cli.md options': () =>
    table(
      ['option', 'what it is'],
      Object.entries(ASSUME_OPTIONS).map(([name, { value, about }]) => [
        `\`--${name}${value === undefined ? '' : ` ${value}`}\``,
        about.replace(/\b[A-Z]+_[A-Z_]+\b/g, '`$&`'),
      ]),
    ),
};

function definition(): string {
  const types = { text: 'string', mode: 'string', json: 'json', number: 'integer', switch: 'boolean', list: 'list' };
  const lines = pipeRows().map(({ variables: [name], kind, pipe }) =>
    pipe?.required ? `    ${name}: "<${types[kind]}>"` : `    # ${name}: "<${types[kind]}>" # Optional.`,
  );
  const optional = lines.filter((line) => line.includes('#'));
  const required = lines.filter((line) => !line.includes('#'));
  return [
    '```yaml',
    '- pipe: aws-oidc-assume/aws-oidc-assume:{version}',
    '  variables:',
    ...required,
    ...optional,
    '- . ./.aws-oidc/env',
    '```',
  ].join('\n');
}

function pipeRows(): Row[] {
  return rows().filter(({ variables }) => variables.length > 0);
}

/** Options of the task's form, in the order of the documentation. */
export function taskRows(): Row[] {
  return rows().filter(({ task }) => task !== undefined);
}

export function defaultSentence(value: string | undefined): string | undefined {
  return value === undefined ? undefined : `Default: ${value}.`;
}

export function sentences(parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(' ');
}

function names(all: readonly string[], word: 'or' | 'and'): string {
  const code = all.map((name) => `\`${name}\``);
  return word === 'or' && code.length > 1 ? `${code[0]} (or ${code.slice(1).join(', ')})` : code.join(` ${word} `);
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n');
}
