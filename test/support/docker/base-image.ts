/**
 * Stand-ins for the public base images of the pipe's Dockerfile, made from Debian's packages and Node from npm, so no
 * image registry is needed. For Node they are equivalent to the public ones, and have no shell either.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_24 } from '../nodes.ts';
import { MissingTool, skipBecause } from '../tools.ts';
import { fillWithLibraries } from './debian-libraries.ts';
import { engineAnswers, needsEngine } from './engine.ts';

/** Build arguments of the pipe's Dockerfile. */
export interface BaseImages {
  /** Base with /usr/local/bin/node. */
  readonly NODE_IMAGE: string;
  /** Base with all libraries of this Node. */
  readonly BASE_IMAGE: string;
}

const REPOSITORY = 'aws-oidc-assume-test';

/**
 * Builds the two images unless this machine has them.
 *
 * @throws Error naming what this machine lacks
 */
export function ensureBaseImages(): BaseImages {
  if (process.platform !== 'linux') {
    throw new MissingTool(
      `images without a registry are made of this machine's own parts, and ${process.platform} is not Linux`,
    );
  }
  const images = {
    NODE_IMAGE: `${REPOSITORY}/node:${hashOf(NODE_24)}`,
    BASE_IMAGE: `${REPOSITORY}/base:${hashOf(fileURLToPath(new URL('debian-libraries.ts', import.meta.url)))}`,
  };
  if (!exists(images.NODE_IMAGE)) importFolder(images.NODE_IMAGE, fillWithNode);
  if (!exists(images.BASE_IMAGE)) importFolder(images.BASE_IMAGE, fillWithLibraries);
  return images;
}

export interface Build {
  readonly context: string;
  readonly tag: string;
  /** Path of the Dockerfile; in the context by default. */
  readonly dockerfile?: string;
  readonly args?: Readonly<Record<string, string>>;
  /** Platform such as `linux/arm64`; by default this machine's. */
  readonly platform?: string;
}

/**
 * Builds an image with Docker's own builder, without a network.
 *
 * @returns the tag
 * @throws Error with Docker's message
 */
export function buildImage({ context, tag, dockerfile, platform, args = {} }: Build): string {
  const built = spawnSync(
    'docker',
    [
      'build',
      '--network=none',
      `--tag=${tag}`,
      ...(platform === undefined ? [] : [`--platform=${platform}`]),
      ...(dockerfile === undefined ? [] : [`--file=${dockerfile}`]),
      ...Object.entries(args).map(([name, value]) => `--build-arg=${name}=${value}`),
      context,
    ],
    // BuildKit's builder is a plugin that Debian's package does not contain.
    { encoding: 'utf8', env: { ...process.env, DOCKER_BUILDKIT: '0' } },
  );
  if (built.status !== 0) throw new Error(`docker build failed:\n${built.stdout}\n${built.stderr}`);
  return tag;
}

/** Builds the pipe's image on the stand-in bases, from the output of `pnpm build`. */
export function buildPipeImage(): string {
  const context = fileURLToPath(new URL('../../../pipe', import.meta.url));
  return buildImage({ context, tag: imageOfCheckout('pipe'), args: { ...ensureBaseImages() } });
}

/**
 * Builds the pipe's image for a suite, or skips the suite with a printed reason, never under CI. Call it in a `before`
 * hook.
 */
export function needsPipeImage(context: Mocha.Context): string {
  needsEngine(context);
  try {
    return buildPipeImage();
  } catch (error) {
    if (error instanceof MissingTool) skipBecause(context, error.message);
    throw error;
  }
}

/** Finds an engine and the parts of the stand-in base images. */
export function canBuildImages(): boolean {
  if (!engineAnswers()) return false;
  try {
    ensureBaseImages();
    return true;
  } catch (error) {
    if (error instanceof MissingTool) return false;
    throw error;
  }
}

/** @returns a tag that no other checkout on this machine builds */
export function imageOfCheckout(name: string): string {
  return `${REPOSITORY}/${name}:${shortHash(fileURLToPath(new URL('../../..', import.meta.url)))}`;
}

function hashOf(file: string): string {
  return shortHash(readFileSync(file));
}

function shortHash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
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
