// Checks every import against the allowed direction: adapters → ci-systems → shared → trust-policy.
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SCOPE = '@aws-oidc-assume/';

/** Sources by folder, each with the packages of this repository that it may import. */
const MAY_IMPORT = {
  'packages/trust-policy/src': [],
  'shared/src': ['trust-policy'],
  'packages/ci-systems/src': ['shared', 'trust-policy'],
  'pipe/src': ['ci-systems', 'shared'],
  'ado-extension/AwsOidcAssume/AwsOidcAssumeV1/src': ['ci-systems', 'shared'],
  'packages/cli/src': ['ci-systems', 'shared', 'trust-policy'],
  'packages/emulator/src': ['trust-policy'],
  'packages/cdk/src': ['trust-policy'],
  // The CI runners of the tests play the other side, so they share no code with the product.
  'test/support': ['emulator'],
};

/** Sources that import only their own files: no module of Node or of a library. */
const PURE = ['packages/trust-policy/src'];

/** Imports that a test needs as types, or to start the other side. */
const EXCEPTIONS = new Set(['test/support/emulator-process.ts ../../packages/emulator/src/index.ts']);

/**
 * @returns {string[]} one line for each import that goes against the direction
 */
export function wrongImports(folders = MAY_IMPORT, base = root) {
  return Object.entries(folders).flatMap(([folder, allowed]) =>
    sourcesIn(join(base, folder)).flatMap((file) =>
      importsOf(readFileSync(file, 'utf8'))
        .map((name) => ({
          name,
          reason: refusal({ name, file, folder: join(base, folder), allowed, folderName: folder }),
        }))
        .filter(({ name, reason }) => reason !== undefined && !EXCEPTIONS.has(`${relative(base, file)} ${name}`))
        .map(({ name, reason }) => `${relative(base, file)} imports "${name}": ${reason}`),
    ),
  );
}

function refusal({ name, file, folder, allowed, folderName }) {
  if (name.startsWith('.')) {
    const target = resolve(dirname(file), name);
    return target.startsWith(folder + sep) ? undefined : `a relative import must not leave ${folderName}`;
  }
  if (name.startsWith(SCOPE)) {
    const [other] = name.slice(SCOPE.length).split('/');
    return allowed.includes(other)
      ? undefined
      : `${folderName} may import ${allowed.join(', ') || 'no other package'} of ours`;
  }
  if (PURE.includes(folderName)) return isBuiltin(name) ? 'it must stay free of I/O' : 'it must stay free of libraries';
  return undefined;
}

function sourcesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?ts$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(text) {
  return [
    ...text.matchAll(
      /(?:^|[\s;}])(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|^import '([^']+)'/gm,
    ),
  ].map(([, from, dynamic, sideEffect]) => from ?? dynamic ?? sideEffect);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = wrongImports();
  for (const line of lines) console.error(line);
  process.exitCode = lines.length === 0 ? 0 : 1;
}
