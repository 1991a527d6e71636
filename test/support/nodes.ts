import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Versions of Node that users have, from npm. The names exist only on Linux x64. */
export const NODE_20 = nodeOf(20);
export const NODE_24 = nodeOf(24);

function nodeOf(major: 20 | 24): string {
  const carried = fileURLToPath(new URL(`../nodes/node_modules/node-${major}/bin/node`, import.meta.url));
  // On other systems the tests run on the present Node under any of the names.
  return existsSync(carried) ? carried : process.execPath;
}
