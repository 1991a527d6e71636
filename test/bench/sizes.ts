/** Sizes of the released files, and downloads of others for comparison. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './subjects.ts';
import { table } from './tables.ts';

const TASK = 'ado-extension/dist/AwsOidcAssume/AwsOidcAssumeV1';

export function sizeTable(): string {
  const extension = 'ado-extension/dist';
  const files = [
    'pipe/dist/pipe.mjs',
    'pipe/dist/diagnosis.mjs',
    ...['index.js', 'core.cjs', 'diagnosis.cjs', 'credential-process.cjs', 'post-job.js'].map(
      (name) => `${TASK}/${name}`,
    ),
    ...readdirSync(path.join(ROOT, extension))
      .filter((name) => name.endsWith('.vsix'))
      .map((name) => `${extension}/${name}`),
    'packages/cli/dist/aws-oidc.mjs',
    'packages/emulator/dist/aws-oidc-emulator.mjs',
  ];
  return table(
    ['file', 'bytes'],
    files.map((file) => [file, String(statSync(path.join(ROOT, file)).size)]),
  );
}

/** Bytes that `apt-get install awscli` downloads on a bare Debian. Undefined if apt does not report it. */
export function cliDownload(): number | undefined {
  const { status, stdout } = spawnSync(
    'apt-get',
    ['-o', 'Dir::State::status=/dev/null', '--print-uris', '--yes', 'install', '--no-install-recommends', 'awscli'],
    { encoding: 'utf8' },
  );
  if (status !== 0) return undefined;
  const sizes = [...stdout.matchAll(/^'\S+' \S+ (\d+) /gm)].map(([, size]) => Number(size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
