/** Runs Windows programs on Linux with Wine 10 of Debian 13, in a separate image. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { debianPackages } from '../support/heavy-packages.ts';

const IMAGE = 'aws-oidc-assume-test/wine:10.0';

/** Builds the image unless this machine has it. */
export function ensureWineImage(): string {
  if (spawnSync('docker', ['image', 'inspect', IMAGE], { stdio: 'ignore' }).status === 0) return IMAGE;
  const root = debianPackages({
    suite: 'trixie',
    // libc-bin has C.UTF-8, which paths beyond ASCII need.
    names: ['wine64', 'wine', 'libwine', 'libc-bin', 'dash'],
    withDependencies: true,
  });
  markZlib(root);
  mkdirSync(path.join(root, 'tmp'), { recursive: true });
  mkdirSync(path.join(root, 'root'), { recursive: true });
  writeFileSync(path.join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  const importing = `tar -C "$1" --owner=0 --group=0 --numeric-owner --exclude=./usr/share/doc --exclude=./usr/share/locale -c . | docker import - "$2"`;
  execFileSync('sh', ['-c', importing, 'import', root, IMAGE], { stdio: ['ignore', 'ignore', 'inherit'] });
  return IMAGE;
}

/** Marks zlib1.dll as Wine's own, as libwine does after its installation. */
function markZlib(root: string): void {
  const library = readFileSync(path.join(root, 'usr/x86_64-w64-mingw32/lib/zlib1.dll'));
  library.write('Wine builtin DLL', 64, 'latin1');
  library.fill(0, 80, 96);
  writeFileSync(path.join(root, 'usr/lib/x86_64-linux-gnu/wine/x86_64-windows/zlib1.dll'), library);
}

export interface WineRun {
  /** Folder of this machine that is `Z:\w` in Wine. */
  readonly folder: string;
  /** Further folders of this machine, by their names under `Z:\`. */
  readonly folders: Readonly<Record<string, string>>;
  /**
   * Arguments for node.exe of Node 20. Output goes to `output.txt` in the folder, because Node cannot write to Wine's
   * pipes.
   */
  readonly argv: readonly string[];
}

/**
 * Runs a program of `Z:\` under a new prefix of Windows 10.
 *
 * @returns its exit status and output
 */
export async function runInWine({ folder, folders, argv }: WineRun): Promise<{ status: number; output: string }> {
  const mounts = Object.entries({ w: folder, ...folders }).map(([name, source]) => `--volume=${source}:/${name}`);
  const script =
    'wine-stable wineboot -i && wine-stable winecfg -v win10 && wineserver -w; "$@" >/w/output.txt 2>&1 </dev/null';
  const child = spawn(
    'docker',
    [
      'run',
      '--rm',
      '--network=host',
      '--env=WINEPREFIX=/root/prefix',
      '--env=WINEDEBUG=-all',
      '--env=LANG=C.UTF-8',
      '--env=WINEDLLOVERRIDES=mscoree,mshtml=',
      '--env=PATH=/usr/bin:/usr/lib/wine',
      ...mounts,
      IMAGE,
      '/bin/sh',
      '-c',
      script,
      'sh',
      'wine-stable',
      ...argv,
    ],
    { stdio: ['ignore', 'ignore', 'ignore'] },
  );
  const [status] = await once(child, 'close');
  return { status, output: readFileSync(path.join(folder, 'output.txt'), 'utf8') };
}
