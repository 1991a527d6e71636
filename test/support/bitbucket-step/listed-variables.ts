/**
 * Passes `variables:` of a pipe through the step's shell. The runner writes `--env=NAME="value"` into a line of the
 * step's script, which the shell reads. With any quotes in YAML, `$NAME` is expanded, to nothing if it is undefined. A
 * backslash before `$`, a backtick or another backslash disappears.
 * Source: Atlassian Community 1021713, the answer of Atlassian. Further sources: the lines in the logs of
 * Azure/static-web-apps issues 948 and 1314; the JSON with bare quotes in the README of atlassian/trigger-pipeline.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Environment } from './variables.ts';

/** A list becomes `X_COUNT`, `X_0`, … */
export type Listed = Readonly<Record<string, string | readonly string[]>>;

/** Bash if the step's image has it. */
const SHELL: readonly [string, ...string[]] = existsSync('/bin/bash') ? ['/bin/bash', '--norc'] : ['sh'];

/**
 * Listed variables as the pipe finds them.
 *
 * @param stepVariables all variables of the step
 * @throws Error if the shell cannot read the line: the step would fail before the pipe begins
 */
export function expandedByShell(listed: Listed, stepVariables: Environment): Environment {
  const entries = Object.entries(listed).flatMap(([name, value]) => entriesOf(name, value));
  if (entries.length === 0) return {};
  const words = entries.map(([, value]) => `"${value.replaceAll('"', '\\"')}"`);
  const env = { PATH: process.env['PATH'], ...stepVariables };
  const [command, ...options] = SHELL;
  const shell = spawnSync(command, [...options, '-c', `printf '%s\\0' ${words.join(' ')}`], { env, encoding: 'utf8' });
  if (shell.status !== 0 || shell.stderr !== '') throw new Error(`the step's shell says: ${shell.stderr}`);
  const values = shell.stdout.split('\0');
  return Object.fromEntries(entries.map(([name], index) => [name, values[index] ?? '']));
}

/** Escapes a value for YAML so that it arrives unchanged. */
export function escapedForYaml(value: string): string {
  return value.replace(/[\\$`]/g, '\\$&');
}

function entriesOf(name: string, value: string | readonly string[]): [string, string][] {
  if (typeof value === 'string') return [[name, value]];
  return [
    [`${name}_COUNT`, String(value.length)],
    ...value.map((item, index): [string, string] => [`${name}_${index}`, item]),
  ];
}
