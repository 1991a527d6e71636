// Lays out the image's content inside the build stage, with only the stage's Node, so no shell is needed.
//   node assemble.mjs runtime FOLDER   Node without the parts that the pipe never reads, its libraries, and glibc's files
//   node assemble.mjs pipe FOLDER      the pipe itself, and the licences of its bundled packages
// Every timestamp is the beginning of 1970, so the same inputs give the same layers, and a new version of the pipe does
// not change the layer of Node. With ICU_DATA=full, Node keeps ICU's data about every language and encoding.
import {
  chmodSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { withEnglishOnly, withoutSymbols } from './node-binary.mjs';

const [part, folder] = process.argv.slice(2);

if (part === 'runtime') runtime();
else if (part === 'pipe') pipe();
else throw new Error('runtime or pipe?');
zeroTimestamps(folder);

function runtime() {
  const node = withoutSymbols(readFileSync(process.execPath));
  put('/usr/local/bin/node', process.env.ICU_DATA === 'full' ? node : withEnglishOnly(node), 0o755);
  // Paths known to the loader. `linux-vdso.so.1` is part of the kernel and not a file.
  process.report.excludeNetwork = true;
  for (const library of process.report.getReport().sharedObjects.filter(path.isAbsolute)) {
    put(library, readFileSync(realpathSync(library)), 0o755);
  }
  put('/etc/passwd', 'root:x:0:0:root:/:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n');
  put('/etc/group', 'root:x:0:\nnogroup:x:65534:\n');
  // Makes glibc read /etc/hosts before it asks DNS.
  put('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n');
  for (const licence of [
    '/usr/local/LICENSE',
    ...['libc6', 'libgcc-s1', 'libstdc++6', 'gcc-14-base', 'gcc-12-base'].map(
      (name) => `/usr/share/doc/${name}/copyright`,
    ),
  ]) {
    if (existsSync(licence)) put(licence, readFileSync(licence));
  }
}

function pipe() {
  for (const name of ['pipe.mjs', 'diagnosis.mjs', 'THIRD-PARTY-NOTICES.txt']) {
    put(`/opt/aws-oidc-assume/${name}`, readFileSync(`/build/${name}`));
  }
}

function put(name, contents, mode = 0o644) {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, contents);
  chmodSync(file, mode);
}

/** Handles children first, because writing into a folder touches it. */
function zeroTimestamps(name) {
  for (const entry of readdirSync(name, { withFileTypes: true })) {
    const entryPath = path.join(name, entry.name);
    if (entry.isDirectory()) zeroTimestamps(entryPath);
    else lutimesSync(entryPath, 0, 0);
  }
  chmodSync(name, 0o755);
  lutimesSync(name, 0, 0);
}
