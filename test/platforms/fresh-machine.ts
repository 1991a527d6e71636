/**
 * Runs the README's commands in a container with only Debian's essential packages, git, Node and npm, on a fresh clone.
 * AWS CLI, Docker, curl, openssl, busybox, unzip, file and tinyproxy are missing.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { debianPackages } from '../support/heavy-packages.ts';
import { imageOfCheckout, NODE_20 } from '../support/index.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const IMAGE = imageOfCheckout('fresh-machine');
/** Sources of packages. */
const PASSED_ON = [
  'npm_config_registry',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
/** Certificates that this machine trusts. */
const TRUSTED = process.env['NODE_EXTRA_CA_CERTS'] || CERTIFICATES;

/** Packages that are marked `Essential: yes` in Debian 12, and mawk for the `awk` that they need. */
const ESSENTIAL = [
  'base-files',
  'base-passwd',
  'bash',
  'bsdutils',
  'coreutils',
  'dash',
  'debianutils',
  'diffutils',
  'findutils',
  'grep',
  'gzip',
  'hostname',
  'init-system-helpers',
  'libc-bin',
  'login',
  'mawk',
  'ncurses-base',
  'ncurses-bin',
  'perl-base',
  'sed',
  'sysvinit-utils',
  'tar',
  'util-linux',
];

/** Further packages that Node needs. */
const LIBRARIES = ['libstdc++6'];

/** Programs of which none may be there: with them this would prove nothing. */
const FOREIGN =
  'apt-get aws busybox curl docker file fish go make openssl php pip python3 ruby setpriv tinyproxy unzip wget zsh';

const COMMANDS = `
for program in ${FOREIGN}; do
  if command -v "$program"; then echo "$program must not be on this machine" >&2; exit 1; fi
done
npx pnpm@12 demo && npx pnpm@12 test`;

const folder = mkdtempSync(path.join(tmpdir(), 'fresh-machine-'));
try {
  importImage(path.join(folder, 'root'));
  const clone = path.join(folder, 'clone');
  cloneWithChanges(clone);
  process.exitCode = run(clone, path.join(folder, 'log'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Clones this repository, with what is not committed yet. */
function cloneWithChanges(clone: string): void {
  execFileSync('git', ['clone', '--quiet', ROOT, clone]);
  const listing = ['ls-files', '-z', '--modified', '--others', '--exclude-standard'];
  const changedSources = execFileSync('git', listing, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const name of new Set(changedSources)) {
    const source = path.join(ROOT, name);
    if (existsSync(source)) cpSync(source, path.join(clone, name));
    else rmSync(path.join(clone, name), { force: true });
  }
}

function importImage(root: string): void {
  const packages = debianPackages({
    suite: 'bookworm',
    names: [...ESSENTIAL, ...LIBRARIES, 'git'],
    withDependencies: true,
  });
  execFileSync('cp', ['-a', packages, root]);
  const own = (...parts: string[]) => path.join(root, ...parts);
  for (const name of ['tmp', 'root', 'etc/ssl/certs', 'usr/local/bin', 'usr/local/lib/node_modules']) {
    mkdirSync(own(name), { recursive: true });
  }
  writeFileSync(own('etc/passwd'), 'root:x:0:0:root:/root:/bin/bash\n');
  writeFileSync(own('etc/group'), 'root:x:0:\n');
  // Links from Debian's alternatives.
  symlinkSync('mawk', own('usr/bin/awk'));
  symlinkSync('which.debianutils', own('usr/bin/which'));
  // In the essential package util-linux, but not on every system.
  rmSync(own('usr/bin/setpriv'));
  if (existsSync(TRUSTED)) copyFileSync(TRUSTED, own(CERTIFICATES));
  copyFileSync(NODE_20, own('usr/local/bin/node'));
  const npm = path.join(execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim(), 'npm');
  cpSync(npm, own('usr/local/lib/node_modules/npm'), { recursive: true, dereference: true });
  for (const name of ['npm', 'npx']) {
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, own('usr/local/bin', name));
  }
  const script = 'tar -C "$1" --owner=0 --group=0 --numeric-owner -c . | docker import - "$2"';
  execFileSync('sh', ['-c', script, 'import', root, IMAGE], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Prints the end of the run, or all of a failed one, and leaves its totals for `scripts/test.mjs`. @returns the exit status */
function run(clone: string, logFile: string): number {
  const settings = path.join(homedir(), '.npmrc');
  const log = openSync(logFile, 'w');
  const { status } = spawnSync(
    'docker',
    [
      ...['run', '--rm', '--network=host', '--workdir=/clone', `--volume=${clone}:/clone`],
      ...(existsSync(settings) ? [`--volume=${settings}:/root/.npmrc:ro`] : []),
      // The package source of this machine may need its own certificate.
      ...(existsSync(TRUSTED) ? [`--env=NODE_EXTRA_CA_CERTS=${CERTIFICATES}`] : []),
      ...PASSED_ON.filter((name) => process.env[name] !== undefined).map((name) => `--env=${name}`),
      ...['--env=npm_config_yes=true', IMAGE, '/bin/bash', '-c', COMMANDS],
    ],
    { stdio: ['ignore', log, log] },
  );
  closeSync(log);
  const text = readFileSync(logFile, 'utf8');
  const totals = /^\d+ passed, \d+ failed, \d+ skipped.*$/m.exec(text)?.[0];
  if (status !== 0 || totals === undefined) {
    console.log(text);
    return status || 1;
  }
  console.log(text.slice(text.lastIndexOf('\nSkipped, because:')).trim());
  const file = process.env['TEST_TOTALS'];
  if (file) appendFileSync(file, `${JSON.stringify({ freshMachine: totals })}\n`);
  return 0;
}
