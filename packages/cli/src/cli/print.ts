import { styleText } from 'node:util';
import { neutralizeLogCommandsInJson } from '@aws-oidc-assume/ci-systems/azure-pipelines';
import type { Environment } from '@aws-oidc-assume/shared';
import type { Stream } from '../context.ts';

/**
 * Returns text from outside (claims, policies, answers of servers) in a form that is harmless to print. It is one line
 * without control characters and log commands of Azure Pipelines.
 */
export { inertText as plain, neutralizeLogCommands as inert } from '@aws-oidc-assume/ci-systems/azure-pipelines';

/**
 * Returns JSON that is equally harmless to print. Characters that `plain` removes become escapes, so parsers read the
 * same value.
 */
export function json(value: unknown): string {
  const text = JSON.stringify(value, null, 2).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    character === '\n' ? character : escaped(character),
  );
  return `${neutralizeLogCommandsInJson(text)}\n`;
}

function escaped(text: string): string {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
export type Painter = (style: Style, text: string) => string;

/** Returns a painter that colours text on terminals, unless the user disabled colours (no-color.org). */
export function painter(stream: Stream, env: Environment): Painter {
  const colours = stream.isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return colours ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}

/** Lines of the form `name   value`, with the values in one column. */
export function columns(rows: readonly (readonly [name: string, value: string])[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`.trimEnd());
}
