// Builds the npm package's other parts: the emulator as a module, and its types. The repository's build makes the
// program.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeTypes } from '../../../scripts/package-types.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));
await build({
  absWorkingDir: folder,
  entryPoints: ['src/index.ts'],
  outfile: 'dist/index.js',
  bundle: true,
  sourcemap: 'linked',
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  // CommonJS packages expect `require`, which an ES module does not have.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
writeTypes(folder);
