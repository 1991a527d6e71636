// Lays out what the image holds, inside the build stage, with nothing but the Node that is there: no shell is needed.
//   node assemble.mjs runtime FOLDER   Node without its symbols, the libraries it loads, and what glibc reads
//   node assemble.mjs pipe FOLDER      the pipe itself, and the licences of what is bundled in it
// Every time stamp is the beginning of 1970: the same inputs give the same layers, whenever and wherever it is built, and
// a new version of the pipe leaves the layer of Node as it is.
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

const [what, folder] = process.argv.slice(2);

if (what === 'runtime') runtime();
else if (what === 'pipe') pipe();
else throw new Error('runtime or pipe?');
settle(folder);

function runtime() {
  put('/usr/local/bin/node', withoutSymbols(readFileSync(process.execPath)), 0o755);
  // Paths as the loader knows them. `linux-vdso.so.1` is the kernel's and no file.
  process.report.excludeNetwork = true;
  for (const library of process.report.getReport().sharedObjects.filter(path.isAbsolute)) {
    put(library, readFileSync(realpathSync(library)), 0o755);
  }
  put('/etc/passwd', 'root:x:0:0:root:/:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n');
  put('/etc/group', 'root:x:0:\nnogroup:x:65534:\n');
  // Without it glibc asks DNS before /etc/hosts.
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
  const home = '/opt/aws-oidc-assume';
  put(`${home}/pipe.mjs`, readFileSync('/build/pipe.mjs'));
  const notices = 'THIRD-PARTY-NOTICES.txt';
  put(`${home}/${notices}`, readFileSync(`/build/${notices}`));
}

/**
 * An ELF file up to the end of what is loaded. Behind it lie symbols, debug information and section headers, which
 * neither the loader nor Node reads: `strip` does the same, but is in no base image.
 */
function withoutSymbols(elf) {
  if (elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 2 || elf[5] !== 1) throw new Error('not a 64-bit ELF file');
  const headers = { offset: Number(elf.readBigUInt64LE(32)), size: elf.readUInt16LE(54), count: elf.readUInt16LE(56) };
  let end = headers.offset + headers.size * headers.count;
  for (let at = 0; at < headers.count; at++) {
    const header = headers.offset + at * headers.size;
    end = Math.max(end, Number(elf.readBigUInt64LE(header + 8)) + Number(elf.readBigUInt64LE(header + 32)));
  }
  const kept = Buffer.from(elf.subarray(0, end));
  // No section headers: e_shoff, e_shnum, e_shstrndx.
  kept.writeBigUInt64LE(0n, 40);
  kept.writeUInt16LE(0, 60);
  kept.writeUInt16LE(0, 62);
  return kept;
}

function put(name, contents, mode = 0o644) {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, contents);
  chmodSync(file, mode);
}

/** Children first: writing into a folder touches it. */
function settle(name) {
  for (const entry of readdirSync(name, { withFileTypes: true })) {
    const at = path.join(name, entry.name);
    if (entry.isDirectory()) settle(at);
    else lutimesSync(at, 0, 0);
  }
  chmodSync(name, 0o755);
  lutimesSync(name, 0, 0);
}
