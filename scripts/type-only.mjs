import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';

/** Matches sources that consist of imports and exports. */
const LINKS = /^(?:(?:import|export) (?:\{[^}]*\}|\*(?: as \w+)?)(?: from "[^"]+")?;\s*)*$/;

/**
 * Finds sources without runtime code: types, and lists of exports.
 *
 * @param {string} folder absolute path
 * @returns {string[]} paths relative to the folder, with `/` between their parts
 */
export function typeOnlySources(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .filter((path) => LINKS.test(codeOf(readFileSync(join(folder, path), 'utf8'))))
    .map((path) => path.replaceAll('\\', '/'));
}

function codeOf(source) {
  return transformSync(source, { loader: 'ts', format: 'esm', legalComments: 'none' }).code.trim();
}
