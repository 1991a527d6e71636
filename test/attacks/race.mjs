// Tries to win a race against the pipe, which runs as root, from a process of another user in the step.
// node race.mjs <uid> <clone> file <file of root>     replaces the unfinished file by that file
// node race.mjs <uid> <clone> folder <folder of root> replaces the output folder by a link to that folder
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

// No waiting, because a sleeping process is too late.
for (let end = Date.now() + 20_000; Date.now() < end; ) {
  try {
    if (attempts[kind]()) break;
  } catch {
    // The file does not exist yet, or access is denied.
  }
}
