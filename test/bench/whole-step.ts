/** The whole step as a user sees it: download at 50 Mbit/s, start, credentials. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { startRegistry } from '../e2e/roads/cloud/programs.ts';
import { buildPipeImage } from '../support/index.ts';
import { quantile, type Subject, timesOf } from './measure.ts';
import { slowNetwork } from './slow-network.ts';
import { jobEnvironment, ROOT, type Scene, stepEnvironment } from './subjects.ts';
import { megabytes, table } from './tables.ts';

export const MEGABITS = 50;
const ROUNDS = 5;
const ENTRY = ['/usr/local/bin/node', '/opt/aws-oidc-assume/pipe.mjs'];

/** Compressed sizes of other images, from their registries' pages (docs/performance.md names them). */
const OTHERS = {
  '`bitbucketpipelines/ftp-deploy:0.7.1` (bash), pull alone': 5.7e6,
  '`bitbucketpipelines/aws-ecs-deploy:1.15.0` (Python), pull alone': 68.5e6,
  'smallest third-party image with AWS CLI v2, pull alone': 110e6,
};

interface Timed {
  readonly name: string;
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Milliseconds that the network alone takes. */
const transferOf = (bytes: number) => bytes / ((MEGABITS * 1e6) / 8 / 1000);

export async function wholeStepTable(scene: Scene, cliBytes: number | undefined): Promise<string> {
  const timed = [...(await coldPipe(scene)), await coldTask(scene)];
  const computed = [
    ...Object.entries(OTHERS),
    ...(cliBytes === undefined
      ? []
      : [['`apt-get install awscli` on a bare Debian, download alone', cliBytes] as const]),
  ];
  return table(
    ['step', 'download', 'seconds', 'how'],
    [
      ...timed.map(({ name, bytes, milliseconds }) => [name, megabytes(bytes), seconds(milliseconds), 'measured']),
      ...computed.map(([name, bytes]) => [name, megabytes(bytes), seconds(transferOf(bytes)), 'computed']),
    ],
  );
}

const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);

/** Times `docker run` of the pipe's image, first with a pull each time, then without. */
async function coldPipe(scene: Scene): Promise<Timed[]> {
  const registryFolder = path.join(scene.folder, 'registry');
  mkdirSync(registryFolder);
  const registry = await startRegistry(registryFolder);
  const network = await slowNetwork(registry.port, MEGABITS);
  const image = `127.0.0.1:${network.port}/pipe:bench`;
  try {
    const bytes = await publishUniqueImage(scene.folder, `127.0.0.1:${registry.port}/pipe:bench`);
    const env = await stepEnvironment(scene);
    const { PATH: _path, HOME: _home, ...variables } = env;
    const command = [
      'docker',
      'run',
      '--rm',
      '--network=host',
      `--volume=${scene.folder}:${scene.folder}`,
      ...Object.keys(variables).map((name) => `--env=${name}`),
      image,
    ];
    const prepare = () => rmSync(path.join(scene.folder, '.aws-oidc'), { recursive: true, force: true });
    const warm: Subject = { name: 'pipe, image present', command, env, prepare };
    const cold: Subject = {
      name: 'pipe, image pulled',
      command,
      env,
      prepare: () => {
        prepare();
        spawnSync('docker', ['image', 'rm', '--force', image]);
      },
    };
    const rows = await timesOf([cold, warm], ROUNDS, scene.folder);
    return rows.map(({ name, times }) => ({
      name,
      bytes: name === cold.name ? bytes : 0,
      milliseconds: quantile(times, 0.5),
    }));
  } finally {
    spawnSync('docker', ['image', 'rm', '--force', image]);
    network.stop();
    registry.child.kill();
  }
}

/**
 * Pushes the pipe's image with an additional layer, and removes it here. A pull then downloads all of it.
 *
 * @returns its compressed size in bytes
 */
async function publishUniqueImage(folder: string, image: string): Promise<number> {
  const tar = path.join(folder, 'image.tar');
  const marker = path.join(folder, 'bench-marker');
  writeFileSync(marker, folder);
  const container = docker('create', buildPipeImage()).trim();
  docker('export', `--output=${tar}`, container);
  docker('rm', container);
  const added = spawnSync('tar', ['--append', `--file=${tar}`, `--directory=${folder}`, 'bench-marker']);
  if (added.status !== 0) throw new Error(String(added.stderr));
  docker('import', `--change=ENTRYPOINT ${JSON.stringify(ENTRY)}`, tar, image);
  docker('push', image);
  docker('image', 'rm', '--force', image);
  rmSync(tar);
  const accept = 'application/vnd.docker.distribution.manifest.v2+json';
  const [host = '', name = ''] = image.split(/\/(.*):bench$/);
  const answer = await fetch(`http://${host}/v2/${name}/manifests/bench`, { headers: { accept } });
  const { layers } = (await answer.json()) as { layers: { size: number }[] };
  return layers.reduce((sum, { size }) => sum + size, 0);
}

function docker(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('docker', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`docker ${args[0]}: ${stderr}`);
  return stdout;
}

/** Times the task as an agent gets it: a zip of its folder, unpacked and started. */
async function coldTask(scene: Scene): Promise<Timed> {
  const zip = path.join(scene.folder, 'task.zip');
  const task = path.join(ROOT, 'ado-extension/dist/AwsOidcAssume/AwsOidcAssumeV1');
  spawnSync('zip', ['-q', '-r', zip, '.'], { cwd: task });
  const contents = readFileSync(zip);
  const server = createServer((_, response) => response.end(contents));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const network = await slowNetwork((server.address() as AddressInfo).port, MEGABITS);
  try {
    const script = `curl -sf http://127.0.0.1:${network.port}/ -o new.zip && unzip -q -o new.zip -d task && exec "$NODE" task/index.js`;
    const subject = {
      name: 'task, downloaded',
      command: ['/bin/sh', '-c', script],
      env: { ...jobEnvironment(scene), NODE: scene.node },
      prepare: () => rmSync(path.join(scene.folder, 'task'), { recursive: true, force: true }),
    };
    const [row] = await timesOf([subject], ROUNDS, scene.folder);
    return { name: subject.name, bytes: contents.length, milliseconds: quantile(row?.times ?? [], 0.5) };
  } finally {
    network.stop();
    server.close();
  }
}
