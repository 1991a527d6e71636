/**
 * `variables:` of a pipe on their way. The runner writes `--env=NAME="value"` into a line of the step's script, and the
 * shell of the step reads that line: whatever quotes YAML had, `$NAME` is expanded, to nothing where it is not defined, and
 * a backslash before `$`, a backtick or another backslash goes.
 * Source: Atlassian Community 1021713, the answer of Atlassian; the lines in the logs of Azure/static-web-apps issues 948
 * and 1314; the JSON with bare quotes in the README of atlassian/trigger-pipeline.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Environment } from './variables.ts';

/** A list becomes `X_COUNT`, `X_0`, … */
export type Listed = Readonly<Record<string, string | readonly string[]>>;

/** Bash where the image of the step has it. */
const SHELL: readonly [string, ...string[]] = existsSync('/bin/bash') ? ['/bin/bash', '--norc'] : ['sh'];

/**
 * What the pipe finds of them.
 * @param ofStep all variables of the step
 * @throws Error where the shell cannot read the line: the step would fail before the pipe begins
 */
export function arrived(listed: Listed, ofStep: Environment): Environment {
  const entries = Object.entries(listed).flatMap(([name, value]) => entriesOf(name, value));
  if (entries.length === 0) return {};
  const words = entries.map(([, value]) => `"${value.replaceAll('"', '\\"')}"`);
  const env = { PATH: process.env['PATH'], ...ofStep };
  const [command, ...options] = SHELL;
  const shell = spawnSync(command, [...options, '-c', `printf '%s\\0' ${words.join(' ')}`], { env, encoding: 'utf8' });
  if (shell.status !== 0 || shell.stderr !== '') throw new Error(`the step's shell says: ${shell.stderr}`);
  const values = shell.stdout.split('\0');
  return Object.fromEntries(entries.map(([name], at) => [name, values[at] ?? '']));
}

/** How to write a value in the YAML so that it arrives as it is. */
export function written(value: string): string {
  return value.replace(/[\\$`]/g, '\\$&');
}

function entriesOf(name: string, value: string | readonly string[]): [string, string][] {
  if (typeof value === 'string') return [[name, value]];
  return [
    [`${name}_COUNT`, String(value.length)],
    ...value.map((item, at): [string, string] => [`${name}_${at}`, item]),
  ];
}
