import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NODE_24 } from '../../test/support/nodes.ts';
import { readPackage, withEnglishOnly, withoutSymbols } from '../image/node-binary.mjs';

/** Everything that the pipe and its libraries request from ICU, and more. The pipe does not format dates in words. */
const PROBE = `
const out = [];
out.push(new URL('https://bücher.example/ß').href, new URL('https://faß.de').host, 'Å'.normalize('NFD').length);
out.push('İI'.toLowerCase(), 'ß'.toUpperCase(), /\\p{Lu}\\p{L}/u.test('Éé'), ['ä', 'z', 'a'].sort(Intl.Collator('en').compare));
out.push(new Date(0).toISOString(), new Date('2026-11-26T10:00:00+01:00').getTime());
out.push((1234.5).toLocaleString('en-US'), new Intl.PluralRules('en').select(1));
for (const name of ['utf-8', 'utf-16le', 'latin1']) out.push(new TextDecoder(name).decode(new Uint8Array([0x41, 0, 0x42, 0])));
out.push(Buffer.from('é', 'latin1').length, new TextDecoder('utf-8', { fatal: true }).encoding);
console.log(JSON.stringify(out));
`;
const OTHER_LANGUAGES = `
for (const language of ['de', 'ja', 'ar', 'zh-Hant-TW', 'th'])
  new Intl.DateTimeFormat(language).format(0) + new Intl.NumberFormat(language).format(1) + ['b', 'a'].sort(new Intl.Collator(language).compare)
    + [...new Intl.Segmenter(language, { granularity: 'word' }).segment('a ไทย')].length + new Date(0).toLocaleString();
console.log('survived');
`;

describe("Node's binary in the image", () => {
  let folder: string;
  let full: Buffer;
  let slim: Buffer;
  before(function () {
    if (!existsSync(NODE_24)) this.skip();
    full = withoutSymbols(readFileSync(NODE_24));
    slim = withEnglishOnly(full);
    folder = mkdtempSync(path.join(tmpdir(), 'node-binary-'));
    writeFileSync(path.join(folder, 'node'), slim);
    chmodSync(path.join(folder, 'node'), 0o755);
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const run = (node: string, script: string, env: Record<string, string> = {}) => {
    const { stdout, stderr, status } = spawnSync(node, ['-e', script], { encoding: 'utf8', env });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  };

  it('differs from the official one only in the table and the removed data', () => {
    const { table, items } = readPackage(full);
    const keptItems = new Map(readPackage(slim).items.map((item) => [item.name, item]));
    assert.ok(keptItems.size > 50 && keptItems.size < items.length / 10);
    const tableEnd = table + 4 + 8 * items.length;
    assert.ok(full.subarray(0, table).equals(slim.subarray(0, table)), 'before the table');
    let end = tableEnd;
    for (const { name, offset, size } of items) {
      assert.ok(full.subarray(end, offset).equals(slim.subarray(end, offset)), `before ${name}`);
      const data = slim.subarray(offset, offset + size);
      if (keptItems.has(name)) assert.ok(data.equals(full.subarray(offset, offset + size)), name);
      else
        assert.ok(
          data.every((byte) => byte === 0),
          name,
        );
      assert.equal(keptItems.get(name)?.offset ?? offset, offset, name);
      end = offset + size;
    }
    assert.ok(full.subarray(end).equals(slim.subarray(end)), 'behind the package');
    assert.equal(full.length, slim.length);
  }).timeout(60_000);

  it('lacks only other languages and old encodings', () => {
    const keptNames = new Set(readPackage(slim).items.map(({ name }) => name));
    const removedNames = readPackage(full)
      .items.map(({ name }) => name)
      .filter((name) => !keptNames.has(name));
    for (const name of removedNames) assert.match(name, /\/([a-z]{2,3}(_\w*)?\.res|\w+\.dict|[\w.-]+\.cnv)$/);
    const ends = (suffix: string) => [...keptNames].some((name) => name.endsWith(suffix));
    for (const suffix of [
      '/root.res',
      '/en.res',
      '/uts46.nrm',
      '/nfc.nrm',
      '/zoneinfo64.res',
      '/ucadata.icu',
      '/ulayout.icu',
    ])
      assert.equal(
        ends(suffix),
        [...readPackage(full).items].some(({ name }) => name.endsWith(suffix)),
        suffix,
      );
  });

  for (const env of [{}, { LANG: 'C' }, { LC_ALL: 'de_DE.UTF-8' }, { LANG: 'ja_JP.UTF-8', TZ: 'Asia/Tokyo' }]) {
    it(`has the same results as the official one with ${JSON.stringify(env)}`, () => {
      assert.equal(run(path.join(folder, 'node'), PROBE, env), run(NODE_24, PROBE, env));
      assert.equal(run(path.join(folder, 'node'), OTHER_LANGUAGES, env), 'survived');
    });
  }

  it('is refused if it contains no ICU package, or two', () => {
    assert.throws(() => withEnglishOnly(Buffer.alloc(64)), /0 ICU packages/);
    const { table } = readPackage(full);
    const packageStart = full.subarray(table - 144, table);
    assert.throws(() => withEnglishOnly(Buffer.concat([packageStart, packageStart])), /2 ICU packages/);
  });
});
