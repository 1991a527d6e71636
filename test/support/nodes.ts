import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The Nodes that users have, from npm. The names exist on Linux x64 alone. */
export const NODE_20 = nodeOf(20);
export const NODE_24 = nodeOf(24);

function nodeOf(major: 20 | 24): string {
  const carried = fileURLToPath(new URL(`../nodes/node_modules/node-${major}/bin/node`, import.meta.url));
  // Elsewhere the tests run on the Node there is, whichever it is called.
  return existsSync(carried) ? carried : process.execPath;
}
