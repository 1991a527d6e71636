// Exits 1 unless a release tag may be published:
//   node scripts/release/check-tag.mjs TAG
// The tag must name the version of this checkout, and its commit must be on main. The pipe's tag may have one more
// commit, which only adds the files that Bitbucket reads at the root.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const LISTING = new Set(['pipe.yml', 'README.md', 'CHANGELOG.md', 'icon.svg']);

/**
 * @param {string} tag `1.2.3` for the pipe, `v1.2.3` for everything else
 * @param {string} folder of the checkout; it must have `origin/main` with its history
 * @returns {string | undefined} the reason why the tag must not be published
 */
export function tagProblem(tag, folder) {
  const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  if (tag.replace(/^v/, '') !== version) return `The tag does not name version ${version} of this commit.`;
  const git = (...args) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
  const isOnMain = (commit) => git('merge-base', commit, 'origin/main') === git('rev-parse', commit);
  if (isOnMain('HEAD')) return undefined;
  const parents = git('rev-list', '--parents', '--max-count=1', 'HEAD').split(' ').slice(1);
  const changedFiles = git('diff', '--name-only', 'HEAD~1', 'HEAD').split('\n');
  const isLayout = !tag.startsWith('v') && parents.length === 1 && changedFiles.every((file) => LISTING.has(file));
  if (isLayout && isOnMain('HEAD~1')) return undefined;
  return 'The commit of this tag is not on main. Tag a commit of main.';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problem = tagProblem(process.argv[2] ?? '', fileURLToPath(new URL('../..', import.meta.url)));
  if (problem !== undefined) console.error(problem);
  process.exitCode = problem === undefined ? 0 : 1;
}
