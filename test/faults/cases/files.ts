import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Fault, Scene } from '../fault.ts';
import { temporaryFolder } from '../scene.ts';

const output = (scene: Scene) => path.join(scene.folder, '.aws-oidc');

function withOutputFolder(scene: Scene): string {
  mkdirSync(output(scene), { mode: 0o700 });
  return output(scene);
}

/** Faults of the place for credentials, and of the log's streams. */
export const files: readonly Fault[] = [
  {
    name: 'output folder is a symbolic link',
    where: 'image',
    outcome: 'CannotPublish',
    calls: 1,
    arrange: (scene) => {
      symlinkSync(temporaryFolder({ add: scene.after }), output(scene));
      return {};
    },
  },
  {
    name: 'environment file is a symbolic link',
    where: 'image',
    outcome: 'CannotPublish',
    calls: 1,
    arrange: (scene) => {
      symlinkSync('/etc/passwd', path.join(withOutputFolder(scene), 'env'));
      return {};
    },
  },
  {
    name: 'output folder is a file',
    where: 'image',
    outcome: 'CannotPublish',
    calls: 1,
    arrange: (scene) => {
      writeFileSync(output(scene), 'mine');
      return {};
    },
  },
  {
    name: 'environment file is a folder',
    where: 'image',
    outcome: 'CannotPublish',
    calls: 1,
    arrange: (scene) => {
      mkdirSync(path.join(withOutputFolder(scene), 'env'));
      return {};
    },
  },
  {
    name: 'environment file is somebody else’s',
    where: 'image',
    outcome: 'CannotPublish',
    calls: 1,
    arrange: (scene) => {
      writeFileSync(path.join(withOutputFolder(scene), 'env'), 'STAGE=production\n');
      return {};
    },
    says: /was not written by AWS OIDC Assume/,
  },
  {
    name: 'environment file of an earlier run',
    where: 'image',
    outcome: 'survived',
    calls: 1,
    arrange: (scene) => {
      const file = path.join(withOutputFolder(scene), 'env');
      writeFileSync(file, '# Written by AWS OIDC Assume. Read it with: . ./.aws-oidc/env\n', { mode: 0o600 });
      return {};
    },
  },
  {
    name: 'root file system is read-only',
    where: 'image',
    outcome: 'survived',
    calls: 1,
    arrange: () => ({ dockerArguments: ['--read-only'] }),
  },
  {
    name: 'output folder is read-only',
    where: 'image',
    outcome: 'CannotPublish',
    calls: 1,
    arrange: (scene) => {
      const folder = withOutputFolder(scene);
      return { dockerArguments: [`--mount=type=bind,source=${folder},target=${folder},readonly`] };
    },
    says: /EROFS/,
  },
  {
    name: 'disk is full',
    where: 'image',
    outcome: 'CannotPublish',
    calls: 1,
    arrange: (scene) => {
      // One page has room for the first file, not for the second.
      const folder = withOutputFolder(scene);
      return { dockerArguments: [`--mount=type=tmpfs,destination=${folder},tmpfs-size=4096`] };
    },
    says: /no space left \(ENOSPC\)/,
  },
  {
    name: 'no permission to write into the clone folder',
    where: 'image',
    outcome: 'CannotPublish',
    calls: 1,
    arrange: (scene) => {
      chmodSync(scene.folder, 0o755);
      return { dockerArguments: ['--user=65534:65534'] };
    },
    says: /EACCES/,
  },
  {
    name: 'no capability to give files away',
    where: 'image',
    outcome: 'survived',
    calls: 1,
    arrange: () => ({ dockerArguments: ['--cap-drop=ALL'] }),
  },
  {
    name: 'clone folder does not exist',
    where: 'image',
    outcome: 'CannotPublish',
    calls: 1,
    arrange: () => ({ dockerArguments: ['--env=BITBUCKET_CLONE_DIR=/nowhere'] }),
  },
  {
    name: 'files may have no more than 512 bytes',
    where: 'bundle',
    outcome: 'CannotPublish',
    calls: 1,
    arrange: () => ({ shell: 'ulimit -f 0; exec "$@"' }),
    says: /EFBIG/,
  },
  {
    name: 'standard output is closed',
    where: 'bundle',
    outcome: 'survived',
    calls: 1,
    arrange: () => ({ shell: 'exec "$@" >&-' }),
  },
  {
    name: 'nobody reads standard output',
    where: 'bundle',
    outcome: 'survived',
    calls: 1,
    arrange: () => ({ shell: 'set -o pipefail; "$@" | true' }),
  },
  {
    name: 'device of standard output is full',
    where: 'bundle',
    outcome: 'survived',
    calls: 1,
    arrange: () => ({ shell: 'exec "$@" >/dev/full' }),
  },
];
