// Publishes the packed extension:
//   publish.mjs --public                  the extension itself
//   publish.mjs --share-with ORGANIZATION a private one with another id, for a trial organization
// MARKETPLACE_TOKEN contains the token. tfx reads it from its prompt, because other processes can read arguments.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const extension = join(root, 'ado-extension/dist');
const { values } = parseArgs({
  options: { public: { type: 'boolean', default: false }, 'share-with': { type: 'string' } },
});
const { MARKETPLACE_TOKEN: token, BUILD_ID: build = '' } = process.env;
if (!token) throw new Error('MARKETPLACE_TOKEN is not set');
if (values.public === (values['share-with'] !== undefined)) throw new Error('either --public or --share-with');

const commonArguments = [
  '--root',
  extension,
  '--manifest-globs',
  'vss-extension.json',
  '--no-color',
  '--auth-type',
  'pat',
];
const tfx = createRequire(import.meta.url).resolve('tfx-cli/_build/tfx-cli.js');
const { status } = spawnSync(process.execPath, [tfx, 'extension', 'publish', ...commonArguments, ...variant()], {
  input: `${token}\n`,
  stdio: ['pipe', 'inherit', 'inherit'],
});
process.exitCode = status ?? 1;

/**
 * Agents cache a task by its version, so each trial needs a new one. An organization installs only one of the two
 * extensions.
 */
function variant() {
  const manifest = JSON.parse(readFileSync(join(extension, 'vss-extension.json'), 'utf8'));
  if (values.public) return ['--override', JSON.stringify({ public: true })];
  if (!/^\d+$/.test(build)) throw new Error('BUILD_ID is not a number');
  const file = join(extension, 'AwsOidcAssume/AwsOidcAssumeV1/task.json');
  const task = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...task, version: { ...task.version, Patch: Number(build) } }));
  const version = manifest.version.replace(/\d+$/, build);
  const override = { id: `${manifest.id}-private`, name: `${manifest.name} (private)`, public: false, version };
  return ['--override', JSON.stringify(override), '--share-with', values['share-with']];
}
