import { styleText } from 'node:util';
import { printable } from '@aws-oidc-assume/shared';
import type { Environment, Stream } from '../context.ts';

/**
 * Text from outside (claims, policies, answers of servers) as text and nothing else: no control characters, and no
 * command of Azure Pipelines, whose agent obeys `##vso[` and `##[` in whatever a step prints.
 */
export function plain(text: string, maxLength?: number): string {
  return inert(printable(text, maxLength));
}

/** A no-width gap between the two signs keeps a command readable and stops it from being one. */
export function inert(text: string): string {
  return text.replace(/##(?=\[|vso)/gi, '#\u200b#');
}

/**
 * JSON with the same safety: what `plain` would take out is written as an escape, so that the value stays whole for
 * whoever parses it.
 */
export function json(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (found) => (found === '\n' ? found : escaped(found)))
    .replace(/##(?=\[|vso)/gi, '#\\u0023');
  return `${text}\n`;
}

function escaped(text: string): string {
  return Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
export type Painter = (style: Style, text: string) => string;

/** Colours only on a terminal that can show them, and not where the user wants none (no-color.org). */
export function painter(stream: Stream, env: Environment): Painter {
  const colours = stream.isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return colours ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}

/** `name   value` lines with the values below each other. */
export function columns(rows: readonly (readonly [name: string, value: string])[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`.trimEnd());
}
