/**
 * Stand-ins for the public base images of the pipe's Dockerfile, made from Debian's packages and Node from npm: no image
 * registry is needed. They hold what the public ones do, as far as Node is concerned, and no shell either.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_24 } from '../nodes.ts';

export interface BaseImages {
  readonly NODE_IMAGE: string;
  readonly BASE_IMAGE: string;
}

const REPOSITORY = 'aws-oidc-assume-test';
const PACKAGES = ['libc6', 'libstdc++6', 'libgcc-s1', 'ca-certificates'];

/** Makes the two images unless this machine has them. @throws Error where a tool or package is missing */
export function ensureBaseImages(): BaseImages {
  const node = execFileSync(NODE_24, ['--version'], { encoding: 'utf8' }).trim();
  const recipe = createHash('sha256')
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest('hex')
    .slice(0, 12);
  const images = { NODE_IMAGE: `${REPOSITORY}/node:${node}-${recipe}`, BASE_IMAGE: `${REPOSITORY}/base:${recipe}` };
  if (!exists(images.NODE_IMAGE)) importFolder(images.NODE_IMAGE, fillWithNode);
  if (!exists(images.BASE_IMAGE)) importFolder(images.BASE_IMAGE, fillWithLibraries);
  return images;
}

/** Builds an image with Docker's own builder. @returns the tag */
export function buildImage(options: { context: string; tag: string; args: Readonly<Record<string, string>> }): string {
  const args = Object.entries(options.args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const built = spawnSync('docker', ['build', '--network', 'none', '--tag', options.tag, ...args, options.context], {
    encoding: 'utf8',
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
  });
  if (built.status !== 0) throw new Error(`docker build failed:\n${built.stdout}\n${built.stderr}`);
  return options.tag;
}

/** The pipe's image on the stand-in bases, from what `pnpm build` left. */
export function buildPipeImage(tag = `${REPOSITORY}/pipe:latest`): string {
  const context = fileURLToPath(new URL('../../../pipe', import.meta.url));
  return buildImage({ context, tag, args: { ...ensureBaseImages() } });
}

function exists(image: string): boolean {
  return spawnSync('docker', ['image', 'inspect', image], { stdio: 'ignore' }).status === 0;
}

function importFolder(tag: string, fill: (folder: string) => void): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'base-image-'));
  try {
    fill(folder);
    const tar = execFileSync('tar', ['--numeric-owner', '--owner=0', '--group=0', '-C', folder, '-c', '.'], {
      maxBuffer: 1024 ** 3,
    });
    execFileSync('docker', ['import', '-', tag], { input: tar, stdio: ['pipe', 'ignore', 'inherit'] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fillWithNode(folder: string): void {
  mkdirSync(path.join(folder, 'usr/local/bin'), { recursive: true });
  copyFileSync(NODE_24, path.join(folder, 'usr/local/bin/node'));
}

function fillWithLibraries(folder: string): void {
  const downloads = mkdtempSync(path.join(tmpdir(), 'debian-packages-'));
  try {
    // apt drops to a user of its own for downloads where it may.
    execFileSync('chmod', ['777', downloads]);
    const download = () => spawnSync('apt-get', ['download', ...PACKAGES], { cwd: downloads, encoding: 'utf8' });
    let downloaded = download();
    if (downloaded.status !== 0) {
      execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
      downloaded = download();
    }
    if (downloaded.status !== 0)
      throw new Error(`apt-get could not download ${PACKAGES.join(', ')}: ${downloaded.stderr}`);
    for (const file of readdirSync(downloads)) {
      execFileSync('dpkg', ['-x', path.join(downloads, file), folder]);
    }
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
  // What update-ca-certificates makes when the package is installed.
  const mozilla = path.join(folder, 'usr/share/ca-certificates/mozilla');
  const bundle = readdirSync(mozilla).map((name) => readFileSync(path.join(mozilla, name), 'utf8'));
  mkdirSync(path.join(folder, 'etc/ssl/certs'), { recursive: true });
  writeFileSync(path.join(folder, 'etc/ssl/certs/ca-certificates.crt'), bundle.join(''));
  writeFileSync(
    path.join(folder, 'etc/passwd'),
    'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n',
  );
  mkdirSync(path.join(folder, 'tmp'), { mode: 0o1777 });
  for (const unneeded of ['usr/share/doc', 'usr/share/man', 'usr/share/lintian']) {
    rmSync(path.join(folder, unneeded), { recursive: true, force: true });
  }
}
