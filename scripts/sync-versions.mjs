// Copies the version of pipe/package.json to every place where users read it:
//   node scripts/sync-versions.mjs           writes it
//   node scripts/sync-versions.mjs --check   exits 1 and names the files that differ
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, root: { type: 'string', default: root } },
});

const { version } = JSON.parse(readFileSync(path.join(values.root, 'pipe/package.json'), 'utf8'));
// Bitbucket accepts no tag with a leading v, and the pipe toolkit reads only three numbers.
if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`pipe/package.json: ${version} is not of the form 1.2.3`);

/** The repository in `pipe:`, the image in pipe.yml, and packages as npm has them and as packed files. */
const REFERENCE =
  /(?<=\b(?:aws-oidc-assume|awsoidcassume|ci)\/aws-oidc-assume:|@aws-oidc-assume\/[a-z-]+@|aws-oidc-assume-(?:cli|cdk)-)\d+\.\d+\.\d+/g;

/** The tag in the address of a Terraform module. */
const MODULE = /(?<=\/\/terraform\/modules\/[a-z-]+\?ref=v)\d+\.\d+\.\d+/g;

/** Changesets does not version the constructs, which are in another workspace. */
const CDK = 'packages/cdk/package.json';
const OWN_VERSION = /(?<=^ {2}"version": ")[^"]+/m;

const files = [
  CDK,
  'pipe/pipe.yml',
  'pipe/README.md',
  'README.md',
  'SKILL.md',
  'packages/cli/README.md',
  'packages/cdk/README.md',
  'packages/emulator/README.md',
  ...list('docs', '.md'),
  ...listAll('examples', 'bitbucket-pipelines.yml'),
  ...listAll('examples', 'main.tf'),
  ...listAll('terraform', 'README.md'),
];
for (const file of files) {
  const fullPath = path.join(values.root, file);
  const text = readFileSync(fullPath, 'utf8');
  const synced = text.replace(file === CDK ? OWN_VERSION : REFERENCE, version).replace(MODULE, version);
  if (synced === text) continue;
  if (values.check) {
    console.error(`${file} does not name version ${version} everywhere; run: node scripts/sync-versions.mjs`);
    process.exitCode = 1;
  } else {
    writeFileSync(fullPath, synced);
    console.log(`${file}: ${version}`);
  }
}

function list(folder, ending) {
  return readdirSync(path.join(values.root, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`);
}

/** Returns the files of one name in a folder and below it. */
function listAll(folder, name) {
  const fullPath = path.join(values.root, folder);
  if (!existsSync(fullPath)) return [];
  return readdirSync(fullPath, { recursive: true })
    .filter((file) => path.basename(file) === name)
    .map((file) => `${folder}/${file}`);
}
