/** Packages that are too large for the workspace. Tests that need them fetch them, and they are kept between runs. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { MissingTool } from './tools.ts';

const CACHE = process.env['TEST_CACHE'] ?? path.join(homedir(), '.cache', 'aws-oidc-assume-test');

/**
 * Fetches a package from npm with its dependencies, without running scripts.
 *
 * @param spec name and exact version: `aws-sdk@2.1693.0`
 * @returns the folder of the package
 * @throws MissingTool if it cannot be fetched
 */
export function npmPackage(spec: string): string {
  const name = spec.replace(/@[^@]*$/, '');
  const folder = cached(spec.replaceAll('/', '+'), (target) => {
    writeFileSync(path.join(target, 'package.json'), '{"private":true}');
    // npm refuses packages of Node for another system unless forced.
    execFileSync('npm', ['install', '--force', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', spec], {
      cwd: target,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  });
  return path.join(folder, 'node_modules', name);
}

export interface DebianPackages {
  /** `trixie` */
  readonly suite: string;
  readonly names: readonly string[];
  /** Architecture such as `amd64`; by default this machine's. */
  readonly architecture?: string;
  /** Whether to include all dependencies. */
  readonly withDependencies?: boolean;
}

/**
 * Unpacks files of Debian packages into a folder. The packages of this machine stay as they are.
 *
 * @returns the folder
 * @throws MissingTool on a machine without apt-get, or if packages are not available
 */
export function debianPackages({ suite, names, architecture, withDependencies = false }: DebianPackages): string {
  const key = [suite, architecture ?? 'own', ...names].join('_');
  const folder = cached(key, (target) => {
    const apt = privateApt(target, suite, architecture);
    apt('update', '-qq');
    if (withDependencies) apt('install', '-qq', '--no-install-recommends', '--download-only', ...names);
    else apt('download', '-qq', ...names);
    const archives = path.join(target, 'cache', 'archives');
    for (const file of [target, archives].flatMap(debFilesIn)) {
      execFileSync('sh', ['-c', UNPACK, 'unpack', file, path.join(target, 'root')], { stdio: 'pipe' });
      rmSync(file);
    }
  });
  return path.join(folder, 'root');
}

/** Keeps links such as /lib as links, as on a Debian with a merged /usr. */
const UNPACK = 'mkdir -p "$2" && dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --keep-directory-symlink';

/** Runs apt-get with its own lists and status, and this machine's sources of Debian packages. */
function privateApt(folder: string, suite: string, architecture: string | undefined): (...args: string[]) => void {
  const own = (...parts: string[]) => path.join(folder, ...parts);
  for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(own(name), { recursive: true });
  for (const [directory, target] of ['bin', 'sbin', 'lib', 'lib64'].map((name) => [
    own('root/usr', name),
    own('root', name),
  ])) {
    mkdirSync(directory ?? '', { recursive: true });
    execFileSync('ln', ['-s', path.relative(own('root'), directory ?? ''), target ?? '']);
  }
  writeFileSync(own('status'), '');
  writeFileSync(own('sources.list'), `deb [signed-by=${KEYRING}] ${mirrorOfThisMachine()} ${suite} main\n`);
  const settings = {
    'Dir::Etc::SourceList': own('sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': own('lists'),
    'Dir::State::status': own('status'),
    'Dir::Cache': own('cache'),
    'APT::Sandbox::User': 'root',
    ...(architecture === undefined ? {} : { 'APT::Architecture': architecture, 'APT::Architectures': architecture }),
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return (...args) => {
    execFileSync('apt-get', [...options, '-y', ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  };
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

function mirrorOfThisMachine(): string {
  const targets = () =>
    execFileSync('apt-get', ['indextargets', '--format', '$(REPO_URI) $(ORIGIN) $(RELEASE)'], { encoding: 'utf8' });
  const mirror = () => /^(\S+) Debian (?!.*(?:security|updates))/m.exec(targets())?.[1];
  const configuredMirror = mirror();
  if (configuredMirror !== undefined) return configuredMirror;
  execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
  const updatedMirror = mirror();
  if (updatedMirror === undefined) throw new Error('apt-get knows no source of Debian packages here');
  return updatedMirror;
}

function debFilesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.deb'))
    .map((name) => path.join(folder, name));
}

/** Moves the folder into place, unless another process has filled it in the meantime. */
function moveInto(unfinished: string, folder: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

/** @throws MissingTool if the cache cannot be written */
function unfinishedFolder(): string {
  try {
    mkdirSync(CACHE, { recursive: true });
    return mkdtempSync(path.join(CACHE, '.unfinished-'));
  } catch (error) {
    throw new MissingTool(`${CACHE} cannot be written (${(error as NodeJS.ErrnoException).code}): set TEST_CACHE`);
  }
}

/** @throws MissingTool with the first line of the failed tool's message */
function fillOrSay(key: string, folder: string, fill: (folder: string) => void): void {
  try {
    fill(folder);
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: Buffer };
    throw new MissingTool(
      `${key.replace(/^(.{50}).+/, '$1…')} could not be fetched: ${`${stderr ?? ''}`.trim().split('\n')[0] || message}`,
    );
  }
}

/** Returns a folder of the cache, which is either complete or absent. */
function cached(key: string, fill: (folder: string) => void): string {
  const folder = path.join(CACHE, key);
  if (existsSync(folder)) return folder;
  const unfinished = unfinishedFolder();
  try {
    fillOrSay(key, unfinished, fill);
    moveInto(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}
