import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Writes the declarations of a package's `src/index.ts`, and of the types that it mentions, into its `dist`.
 *
 * @param folder of the package, with a tsconfig.build.json whose rootDir is the repository
 * @throws Error if they mention another package of this repository, which users do not have
 */
export function writeTypes(folder) {
  const emitted = mkdtempSync(join(tmpdir(), 'package-types-'));
  try {
    const tsc = join(root, 'node_modules/.bin/tsc');
    execFileSync(tsc, ['-p', join(folder, 'tsconfig.build.json'), '--outDir', emitted], { stdio: 'inherit' });
    copyReachable(join(emitted, relative(root, folder), 'src'), join(folder, 'dist'), 'index.d.ts');
  } finally {
    rmSync(emitted, { recursive: true, force: true });
  }
}

function copyReachable(from, to, first) {
  const seen = new Set([first]);
  for (const file of seen) {
    const text = readFileSync(join(from, file), 'utf8');
    if (text.includes('@aws-oidc-assume/')) throw new Error(`${file} speaks of another package of this repository`);
    mkdirSync(dirname(join(to, file)), { recursive: true });
    copyFileSync(join(from, file), join(to, file));
    for (const [, name] of text.matchAll(/(?:from|import\() ?'(\.[^']+)\.ts'/g)) {
      seen.add(join(dirname(file), `${name}.d.ts`));
    }
  }
}
