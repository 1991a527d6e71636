// Makes the next version of everything that ships from the files in .changeset:
//   1. their texts become the newest section of CHANGELOG.md
//   2. every package, the pipe and the extension get the same new version
//   3. the version is written where users read it (sync-versions.mjs)
// Prints the new version. Exits 1 if there is nothing to release.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const HEADINGS = { major: 'Breaking changes', minor: 'Added and changed', patch: 'Fixed' };
/** Sections of the changelog begin below this line. */
const MARKER = '<!-- versions -->';

/**
 * @param {{ summary: string, releases: { type: string }[] }[]} changesets as `changeset status --output` has them
 * @param {string} version such as 1.2.0
 * @param {Date} date of the release
 */
export function changelogSection(changesets, version, date) {
  const parts = Object.entries(HEADINGS).flatMap(([type, heading]) => {
    const items = changesets.filter(({ releases }) => releases.some((release) => release.type === type));
    if (items.length === 0) return [];
    return [`### ${heading}`, '', ...items.map(({ summary }) => `- ${summary.trim().replace(/\n/g, '\n  ')}`), ''];
  });
  return [`## [${version}] - ${date.toISOString().slice(0, 10)}`, '', ...parts].join('\n');
}

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 'inherit'] });
  if (status !== 0) throw new Error(`${path.basename(command)} ${args.join(' ')} exited with ${status}`);
}

function nextVersion() {
  const changeset = path.join(root, 'node_modules/.bin/changeset');
  const folder = mkdtempSync(path.join(tmpdir(), 'next-version-'));
  const report = path.join(folder, 'status.json');
  try {
    run(changeset, ['status', '--output', path.relative(root, report)]);
    const { changesets, releases } = JSON.parse(readFileSync(report, 'utf8'));
    const version = releases.find(({ name }) => name === '@aws-oidc-assume/pipe')?.newVersion;
    if (version === undefined) throw new Error('There is no file in .changeset that changes a version');
    const changelog = path.join(root, 'CHANGELOG.md');
    const text = readFileSync(changelog, 'utf8');
    if (!text.includes(MARKER)) throw new Error(`CHANGELOG.md has no line ${MARKER}`);
    writeFileSync(
      changelog,
      text.replace(MARKER, `${MARKER}\n\n${changelogSection(changesets, version, new Date())}`.trimEnd()),
    );
    run(changeset, ['version']);
    run('npm', ['pkg', 'set', `version=${version}`]);
    run(process.execPath, ['scripts/sync-versions.mjs']);
    return version;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(nextVersion());
