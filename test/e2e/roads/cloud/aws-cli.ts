/** An AWS CLI that is new enough for the documentation, which names the minimum version. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { debianPackages } from '../../../support/heavy-packages.ts';

/**
 * Finds a PATH with an AWS CLI of April 2024 or later, when `--thumbprint-list` became optional. If this machine has
 * none, it fetches Debian 13's with its libraries.
 *
 * @param folder for a program that starts it
 * @throws MissingTool if it cannot be fetched
 */
export function pathWithAwsCli(folder: string): string {
  const PATH = process.env['PATH'] ?? '';
  installed ??= spawnSync('aws', ['--version'], { encoding: 'utf8' }).stdout ?? '';
  if (isNewEnough(installed)) return PATH;
  const root = debianPackages({ suite: 'trixie', names: ['awscli'], withDependencies: true });
  const fileIn = (name: string) => `'${path.join(root, name)}'`;
  const loader = `${fileIn('usr/lib64/ld-linux-x86-64.so.2')} --library-path ${fileIn('usr/lib/x86_64-linux-gnu')}`;
  const program = `#!/bin/sh
export PYTHONHOME=${fileIn('usr')}
exec ${loader} ${fileIn('usr/bin/python3')} ${fileIn('usr/bin/aws')} "$@"
`;
  const programs = path.join(folder, 'programs');
  mkdirSync(programs);
  writeFileSync(path.join(programs, 'aws'), program, { mode: 0o755 });
  return `${programs}${path.delimiter}${PATH}`;
}

/** Version of the AWS CLI on the PATH, or an empty text. */
let installed: string | undefined;

function isNewEnough(version: string): boolean {
  const [, major = '0', minor = '0'] = /^aws-cli\/(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 2 || (major === '2' && Number(minor) >= 16) || (major === '1' && Number(minor) >= 33);
}
