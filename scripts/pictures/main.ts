// Writes the drawings of the setup screens: `npx tsx scripts/pictures/main.ts`. With `--check` it only names those that
// differ, and exits with 1 if there are any. The PNG files for the Marketplace need Chromium.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { failurePicture, logPicture } from './logs.ts';
import { isPngOf, writePng } from './png.ts';
import {
  azureServiceConnection,
  bitbucketOpenIdConnect,
  type ConnectionType,
  type Task,
  taskEditor,
} from './screens.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Manifest {
  readonly contributions: readonly { readonly id: string; readonly properties: unknown }[];
}

/** Pictures by path, without the suffix. Those of the extension are also written as PNG. */
export function pictures(): ReadonlyMap<string, string> {
  const task = JSON.parse(readFileSync(`${root}ado-extension/AwsOidcAssume/AwsOidcAssumeV1/task.json`, 'utf8')) as Task;
  const { contributions } = JSON.parse(readFileSync(`${root}ado-extension/vss-extension.json`, 'utf8')) as Manifest;
  const type = contributions.find(({ id }) => id === 'aws-oidc-federation-connection')?.properties as ConnectionType;
  return new Map([
    ['docs/images/bitbucket-openid-connect', bitbucketOpenIdConnect()],
    ['docs/images/azure-service-connection', azureServiceConnection(type)],
    ['docs/images/azure-task-editor', taskEditor(task)],
    ['ado-extension/images/service-connection', azureServiceConnection(type)],
    ['ado-extension/images/task-editor', taskEditor(task)],
    ['docs/images/log-bitbucket', logPicture('bitbucket')],
    ['docs/images/log-azure', logPicture('azure')],
    ['ado-extension/images/refused', failurePicture('azure')],
  ]);
}

/** Names of the files that differ from the manifests. */
export function outdatedPictures(): string[] {
  return [...pictures()].flatMap(([name, svg]) => [
    ...(read(`${name}.svg`)?.toString() === svg ? [] : [`${name}.svg`]),
    ...(hasPng(name) && !isPngOf(read(`${name}.png`), svg) ? [`${name}.png`] : []),
  ]);
}

const hasPng = (name: string) => name.startsWith('ado-extension/');

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(root + file);
  } catch {
    return undefined;
  }
}

function main(): void {
  if (process.argv.includes('--check')) {
    for (const file of outdatedPictures()) {
      console.error(`${file} is not what task.json and vss-extension.json say: run npx tsx scripts/pictures/main.ts`);
      process.exitCode = 1;
    }
    return;
  }
  for (const [name, svg] of pictures()) {
    writeFileSync(`${root}${name}.svg`, svg);
    if (hasPng(name)) writePng(`${root}${name}.png`, svg);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
