// A process of another user in the step that tries to win a race against the pipe, which runs as root.
// node race.mjs <uid> <clone> file <file of root>     puts that file in place of the unfinished one
// node race.mjs <uid> <clone> folder <folder of root> puts a link to that folder in place of the output folder
import { lstatSync, readdirSync, renameSync, symlinkSync } from 'node:fs';

const [uid = '', clone = '', kind = '', target = ''] = process.argv.slice(2);
process.setgid(Number(uid));
process.setuid(Number(uid));
const output = `${clone}/.aws-oidc`;
process.stdout.write('ready\n');

const attempts = {
  file() {
    const unfinished = readdirSync(output).find((name) => /^\.env\..*\.unfinished$/.test(name));
    if (unfinished === undefined) return false;
    renameSync(target, `${output}/${unfinished}`);
    return true;
  },
  folder() {
    if (lstatSync(output).uid !== Number(uid)) return false;
    renameSync(output, `${clone}/moved-away`);
    symlinkSync(target, output);
    return true;
  },
};

// No waiting: whoever sleeps comes too late.
for (let end = Date.now() + 20_000; Date.now() < end; ) {
  try {
    if (attempts[kind]()) break;
  } catch {
    // Not there yet, or not allowed.
  }
}
