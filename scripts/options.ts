// Writes the table of options into task.json and the documentation: `pnpm options`. With `--check` it only
// names the files that differ, and exits with 1 if there are any.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TABLES } from './options/tables.ts';
import { withInputs } from './options/task-form.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const TASK = 'ado-extension/AwsOidcAssume/AwsOidcAssumeV1/task.json';

/** Returns the files that contain options, each with its present and its correct text. */
export function optionFiles(): { file: string; present: string; right: string }[] {
  const files = new Set([TASK, ...Object.keys(TABLES).map((place) => place.split(' ')[0] ?? '')]);
  return [...files].map((file) => {
    const present = readFileSync(root + file, 'utf8');
    return { file, present, right: file === TASK ? withInputs(present) : withTables(file, present) };
  });
}

/** Replaces the text between `[//]: # (options: name)` and `[//]: # (options: end)`. */
function withTables(file: string, text: string): string {
  let result = text;
  for (const [place, table] of Object.entries(TABLES)) {
    const [system, name] = place.split(' ');
    if (system !== file) continue;
    const begin = `[//]: # (options: ${name})\n\n`;
    const end = '\n\n[//]: # (options: end)';
    const from = result.indexOf(begin);
    const to = result.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`${file} has no place for ${name}`);
    const body = table().replace('{version}', () => versionIn(result.slice(from, to)));
    result = result.slice(0, from + begin.length) + body + result.slice(to);
  }
  return result;
}

/** scripts/sync-versions.mjs sets the versions, so the present one stays. */
function versionIn(text: string): string {
  const [, version] = /:(\d+\.\d+\.\d+)\n/.exec(text) ?? [];
  if (version === undefined) throw new Error('there is no version to keep');
  return version;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wrong = optionFiles().filter(({ present, right }) => present !== right);
  for (const { file, right } of wrong) {
    if (!process.argv.includes('--check')) writeFileSync(root + file, right);
    else console.error(`${file} does not have the options of the table: run npx pnpm options`);
  }
  process.exitCode = process.argv.includes('--check') && wrong.length > 0 ? 1 : 0;
}
