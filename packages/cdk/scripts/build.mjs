// Builds what npm gets: one CommonJS file, which both kinds of CDK apps can load, and its types.
// trust-policy is part of the bundle; aws-cdk-lib and constructs must be the app's own.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(folder, 'dist');
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

await build({
  absWorkingDir: folder,
  entryPoints: ['src/index.ts'],
  outfile: 'dist/index.js',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  external: ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs'],
  logLevel: 'warning',
});
// The package itself is of ES modules.
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');

const types = mkdtempSync(join(tmpdir(), 'cdk-types-'));
try {
  const tsc = join(folder, '../../node_modules/.bin/tsc');
  execFileSync(tsc, ['-p', join(folder, 'tsconfig.build.json'), '--outDir', types], { stdio: 'inherit' });
  const own = join(types, 'packages/cdk/src');
  cpSync(own, dist, { recursive: true });
} finally {
  rmSync(types, { recursive: true, force: true });
}
// Of no use to others, and about a package they do not have.
rmSync(join(dist, 'principal.d.ts'));
for (const name of readdirSync(dist).filter((file) => file.endsWith('.d.ts'))) {
  if (readFileSync(join(dist, name), 'utf8').includes('@aws-oidc-assume/')) {
    throw new Error(`${name} speaks of another package of this repository, which apps do not have`);
  }
}
