import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { unpackVsix } from './vsix.ts';

describe('unpacking an extension', () => {
  let folder: string;
  let into: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'vsix-'));
    into = path.join(folder, 'unpacked');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A zip archive according to its specification (APPNOTE.TXT). */
  function archive(entries: Readonly<Record<string, string>>, deflated: boolean): string {
    const parts: Buffer[] = [];
    const directory: Buffer[] = [];
    let offset = 0;
    for (const [name, text] of Object.entries(entries)) {
      const bytes = Buffer.from(text);
      const packed = deflated ? deflateRawSync(bytes) : bytes;
      const common = Buffer.alloc(26);
      common.writeUInt16LE(20, 0);
      common.writeUInt16LE(deflated ? 8 : 0, 4);
      common.writeUInt32LE(crc32(bytes), 10);
      common.writeUInt32LE(packed.length, 14);
      common.writeUInt32LE(bytes.length, 18);
      common.writeUInt16LE(Buffer.byteLength(name), 22);
      const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, Buffer.from(name), packed]);
      const rest = Buffer.alloc(14);
      rest.writeUInt32LE(offset, 10);
      directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.alloc(2), common, rest, Buffer.from(name)]));
      parts.push(local);
      offset += local.length;
    }
    const central = Buffer.concat(directory);
    const end = Buffer.alloc(18);
    end.writeUInt16LE(directory.length, 4);
    end.writeUInt16LE(directory.length, 6);
    end.writeUInt32LE(central.length, 8);
    end.writeUInt32LE(offset, 12);
    const file = path.join(folder, 'x.vsix');
    writeFileSync(file, Buffer.concat([...parts, central, Buffer.from('PK\u0005\u0006'), end]));
    return file;
  }

  for (const deflated of [true, false]) {
    it(`extracts ${deflated ? 'compressed' : 'stored'} files, with their real names`, () => {
      const entries = {
        'extension.vsixmanifest': '<x/>',
        'T/T%20V1/task.json': '{}'.repeat(100),
        'T/empty': '',
        'T/': '',
      };
      unpackVsix(archive(entries, deflated), into);
      assert.equal(readFileSync(path.join(into, 'extension.vsixmanifest'), 'utf8'), '<x/>');
      assert.equal(readFileSync(path.join(into, 'T/T V1/task.json'), 'utf8'), '{}'.repeat(100));
      assert.equal(readFileSync(path.join(into, 'T/empty'), 'utf8'), '');
    });
  }

  it('writes nothing outside', () => {
    assert.throws(() => unpackVsix(archive({ '../outside': 'x' }, false), into), /would land outside/);
    assert.ok(!existsSync(path.join(folder, 'outside')));
  });

  it('reports a file that is not an archive', () => {
    const file = path.join(folder, 'x.vsix');
    writeFileSync(file, 'x'.repeat(100));
    assert.throws(() => unpackVsix(file, into), /is not a zip archive/);
  });
});
