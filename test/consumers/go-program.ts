import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { debianPackages } from '../support/heavy-packages.ts';

export interface GoProgram {
  /** Source file with `main`. */
  readonly source: string;
  /** Target system such as `windows`; by default the present one. */
  readonly system?: string;
}

/**
 * Compiles a Go program with the Go and the AWS SDKs of Debian 13: Go 1.24, SDK v1 1.49, SDK v2 1.30. Compiles it once
 * per run of the tests.
 *
 * @returns the program
 */
export function buildGoProgram({ source, system = 'linux' }: GoProgram, folder: string): string {
  const root = goPackages();
  const goRoot = path.join(root, 'usr/lib/go-1.24');
  const program = path.join(folder, `${path.basename(path.dirname(source))}${system === 'windows' ? '.exe' : ''}`);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  execFileSync(path.join(goRoot, 'bin/go'), ['build', '-o', program, source], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      GOROOT: goRoot,
      GOPATH: path.join(root, 'usr/share/gocode'),
      GO111MODULE: 'off',
      GOCACHE: path.join(root, 'go-cache'),
      GOOS: system,
      GOARCH: 'amd64',
      CGO_ENABLED: '0',
    },
  });
  return program;
}

/**
 * Unpacks the packages of Go and the SDKs.
 *
 * @returns the folder of the unpacked packages
 * @throws Error if they are not available
 */
export function goPackages(): string {
  return debianPackages({
    suite: 'trixie',
    names: [
      'golang-1.24-go',
      'golang-1.24-src',
      'golang-github-aws-aws-sdk-go-dev',
      'golang-github-aws-aws-sdk-go-v2-dev',
      'golang-github-aws-smithy-go-dev',
      'golang-github-jmespath-go-jmespath-dev',
    ],
  });
}

export function programFile(name: string): string {
  return fileURLToPath(new URL(`programs/${name}`, import.meta.url));
}
