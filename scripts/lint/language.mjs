// Checks the English of comments, declared names and titles of tests in every file of the repository.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXCEPTIONS } from './language/exceptions.mjs';
import { problemsOf } from './language/rules.mjs';
import { textsIn } from './language/texts.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Returns one line for each problem of a file.
 *
 * @param {string} path relative to the repository; decides the language and the exceptions
 * @param {string} source
 * @param {typeof EXCEPTIONS} exceptions
 */
export function wrongEnglish(path, source, exceptions = EXCEPTIONS) {
  const isExcepted = (rule, text) =>
    exceptions.some((one) => one.rule === rule && text.includes(one.text) && path.startsWith(one.path ?? ''));
  return textsIn(path, source).flatMap((text) =>
    problemsOf(text)
      .filter(({ rule }) => !isExcepted(rule, text.text))
      .map(({ rule, reason }) => `${path}:${text.line} ${rule}: ${reason}: ${text.text}`),
  );
}

/** Paths of committed and new files, except deleted ones. */
function filesOfRepository() {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return stdout.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = filesOfRepository().flatMap((path) => wrongEnglish(path, readFileSync(join(root, path), 'utf8')));
  for (const line of lines) console.error(line);
  process.exitCode = lines.length === 0 ? 0 : 1;
}
