// Builds what npm gets: one CommonJS file, which both kinds of CDK apps can load, and its types.
// trust-policy is part of the bundle; aws-cdk-lib and constructs must be the app's own.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeTypes } from '../../../scripts/package-types.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));
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
writeTypes(folder);
