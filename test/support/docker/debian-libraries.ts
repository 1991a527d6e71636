import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MissingTool } from '../tools.ts';

/** Packages with the libraries of Node and the certificates of clients. */
const PACKAGES = ['libc6', 'libstdc++6', 'libgcc-s1', 'ca-certificates'];

/**
 * Fills a folder with the root file system of a container for Node: glibc, libstdc++ and CA certificates from Debian's
 * packages. It contains no programs.
 *
 * @throws Error naming what this machine lacks
 */
export function fillWithLibraries(root: string): void {
  const downloads = mkdtempSync(path.join(tmpdir(), 'debian-packages-'));
  try {
    // apt downloads as its own user if it may.
    chmodSync(downloads, 0o777);
    download(downloads);
    for (const file of readdirSync(downloads)) run(['dpkg', '-x', path.join(downloads, file), root], downloads);
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
  writeCertificates(root);
  writeFileSync(
    path.join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n',
  );
  mkdirSync(path.join(root, 'tmp'));
  chmodSync(path.join(root, 'tmp'), 0o1777);
  for (const unneeded of ['usr/share/man', 'usr/share/lintian', 'usr/sbin']) {
    rmSync(path.join(root, unneeded), { recursive: true, force: true });
  }
}

/** Writes the file that `update-ca-certificates` creates at installation, which would need a shell. */
function writeCertificates(root: string): void {
  const mozilla = path.join(root, 'usr/share/ca-certificates/mozilla');
  const certificates = readdirSync(mozilla).map((name) => readFileSync(path.join(mozilla, name), 'utf8'));
  mkdirSync(path.join(root, 'etc/ssl/certs'), { recursive: true });
  writeFileSync(path.join(root, 'etc/ssl/certs/ca-certificates.crt'), certificates.join(''));
}

function download(into: string): void {
  const argv = ['apt-get', 'download', '-qq', ...PACKAGES];
  if (attempt(argv, into) === undefined) return;
  // The lists of a fresh machine are empty, or older than its mirror. Only root can renew them.
  run(['apt-get', 'update', '-qq'], into);
  run(argv, into);
}

/** @throws MissingTool with the tool's message */
function run(argv: readonly string[], cwd: string): void {
  const problem = attempt(argv, cwd);
  if (problem !== undefined) throw new MissingTool(`images without a registry cannot be made: ${problem}`);
}

/** @returns description of the failure */
function attempt(argv: readonly string[], cwd: string): string | undefined {
  const [command = '', ...args] = argv;
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error !== undefined) return `${command} cannot be started (${error.message})`;
  return status === 0 ? undefined : `${argv.join(' ')} failed: ${stderr}`;
}
