// Builds the npm package. jsii checks and compiles the API and writes .jsii. Then the code becomes one CommonJS file
// that includes trust-policy. aws-cdk-lib and constructs must be the app's own.
import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const folder = fileURLToPath(new URL('..', import.meta.url));
const root = join(folder, '../..');
const dist = join(folder, 'dist');
rmSync(dist, { recursive: true, force: true });
// jsii puts it into the package of each language.
copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));

// jsii reads trust-policy's declarations, not its sources, because those need another TypeScript.
run(join(root, 'node_modules/.bin/tsc'), ['-p', join(root, 'packages/trust-policy/tsconfig.build.json')]);
run(process.execPath, [
  require.resolve('jsii/bin/jsii'),
  ...['--tsconfig', 'tsconfig.json', '--validate-tsconfig', 'minimal', '--fail-on-warnings'],
]);

const common = {
  absWorkingDir: folder,
  bundle: true,
  platform: 'node',
  target: 'node20.16',
  format: 'cjs',
  logLevel: 'warning',
};

/** Functions of trust-policy that the compiled code uses. esbuild would keep all of them in CommonJS. */
const used = new Set(
  readdirSync(dist).flatMap((name) =>
    [...readFileSync(join(dist, name), 'utf8').matchAll(/\btrust_policy_1\.(\w+)/g)].map(([, member]) => member),
  ),
);
await build({
  ...common,
  stdin: {
    contents: `export { ${[...used].sort().join(', ')} } from '@aws-oidc-assume/trust-policy';`,
    resolveDir: folder,
  },
  outfile: 'dist/trust-policy.js',
  sourcemap: 'inline',
});
await build({
  ...common,
  entryPoints: ['dist/index.js'],
  outfile: 'dist/index.js',
  sourcemap: 'linked',
  allowOverwrite: true,
  alias: { '@aws-oidc-assume/trust-policy': './dist/trust-policy.js' },
  external: ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs'],
});

const declarations = reachable('index.d.ts');
for (const name of readdirSync(dist)) {
  if (!['index.js', 'index.js.map'].includes(name) && !declarations.has(name)) rmSync(join(dist, name));
}
for (const name of declarations) {
  const text = readFileSync(join(dist, name), 'utf8');
  if (text.includes('@aws-oidc-assume/')) throw new Error(`${name} speaks of another package of this repository`);
  // Compilers before TypeScript 5 do not accept a `.ts` extension in an import.
  writeFileSync(join(dist, name), text.replace(/(?<=from '\.\/[\w-]+)\.ts(?=')/g, '.js'));
}

/** Names of the declaration files that users see. */
function reachable(first) {
  const names = new Set([first]);
  for (const name of names) {
    for (const [, path] of readFileSync(join(dist, name), 'utf8').matchAll(/from '(\.\/[\w-]+)\.ts'/g)) {
      names.add(`${basename(path)}.d.ts`);
    }
  }
  return names;
}

function run(command, args) {
  execFileSync(command, args, {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    // jsii reports on each run that Node 20 has ended, which the developer already knows.
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' },
  });
}
