/** PNG files from SVG by a headless Chromium. Each names the SVG it was made from. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

const KEYWORD = 'Source';
/** Length, type and data of the header chunk, and its checksum. */
const AFTER_HEADER = 8 + 12 + 13;

/** Whether a PNG was made from this SVG. */
export function isPngOf(png: Buffer | undefined, svg: string): boolean {
  return png?.includes(sourceOf(svg)) ?? false;
}

/** Writes a PNG of the size of the SVG: the extension should stay small. */
export function writePng(file: string, svg: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'picture-'));
  try {
    const [, width = '', height = ''] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
    writeFileSync(join(folder, 'page.html'), `<!doctype html><style>body{margin:0}svg{display:block}</style>${svg}`);
    execFileSync(
      '/usr/bin/chromium',
      [
        ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-device-scale-factor=1'],
        ...[`--window-size=${width},${height}`, `--user-data-dir=${folder}/profile`],
        ...[`--screenshot=${folder}/page.png`, `file://${folder}/page.html`],
      ],
      { stdio: 'pipe', timeout: 60_000 },
    );
    const png = readFileSync(join(folder, 'page.png'));
    writeFileSync(file, Buffer.concat([png.subarray(0, AFTER_HEADER), chunkOf(svg), png.subarray(AFTER_HEADER)]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sourceOf(svg: string): string {
  return `${KEYWORD}\0sha256 ${createHash('sha256').update(svg).digest('hex')}`;
}

/** Returns a text chunk as the PNG specification has it. */
function chunkOf(svg: string): Buffer {
  const body = Buffer.from(`tEXt${sourceOf(svg)}`, 'latin1');
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}
