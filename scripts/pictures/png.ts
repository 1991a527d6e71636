/**
 * Converts SVG to PNG with a headless Chromium, with the colours of the drawings as the palette. Each PNG names its
 * SVG.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { COLOURS } from './svg.ts';

type Colour = readonly [red: number, green: number, blue: number];

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const KEYWORD = 'Source';
/** Steps between white and each colour, for the edges of letters. */
const STEPS = 24;
/** Bytes of a pixel in Chromium's file: red, green and blue. */
const PIXEL = 3;

/** Whether a PNG was made from this SVG. */
export function isPngOf(png: Buffer | undefined, svg: string): boolean {
  return png?.includes(sourceOf(svg)) ?? false;
}

/** Writes a PNG of the size of the SVG. A palette makes it a third as large. */
export function writePng(file: string, svg: string): void {
  const png = screenshot(svg);
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  if (png[24] !== 8 || png[25] !== 2) throw new Error('Chromium wrote a PNG of another kind than 8-bit RGB');
  const palette = paletteOf(Object.values(COLOURS).map(colourOf));
  const header = Buffer.from(png.subarray(16, 29));
  header[9] = 3;
  const chunks = [
    chunk('IHDR', header),
    chunk('tEXt', Buffer.from(sourceOf(svg), 'latin1')),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(indexed(pixelsOf(png, width, height), width, palette), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ];
  writeFileSync(file, Buffer.concat([SIGNATURE, ...chunks]));
}

function screenshot(svg: string): Buffer {
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
    return readFileSync(join(folder, 'page.png'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sourceOf(svg: string): string {
  return `${KEYWORD}\0sha256 ${createHash('sha256').update(svg).digest('hex')}`;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** Returns the bytes of all pixels, with the filters of the PNG specification undone. */
function pixelsOf(png: Buffer, width: number, height: number): Buffer {
  const parts: Buffer[] = [];
  for (let start = SIGNATURE.length; start < png.length; start += png.readUInt32BE(start) + 12) {
    if (png.toString('latin1', start + 4, start + 8) === 'IDAT')
      parts.push(png.subarray(start + 8, start + 8 + png.readUInt32BE(start)));
  }
  const packed = inflateSync(Buffer.concat(parts));
  const stride = width * PIXEL;
  const pixels = Buffer.alloc(stride * height);
  for (let row = 0; row < height; row += 1) {
    const filter = packed[row * (stride + 1)] ?? 0;
    for (let column = 0; column < stride; column += 1) {
      const offset = row * stride + column;
      const left = column < PIXEL ? 0 : (pixels[offset - PIXEL] ?? 0);
      const up = row === 0 ? 0 : (pixels[offset - stride] ?? 0);
      const corner = row === 0 || column < PIXEL ? 0 : (pixels[offset - stride - PIXEL] ?? 0);
      pixels[offset] = (packed[row * (stride + 1) + 1 + column] ?? 0) + predicted(filter, left, up, corner);
    }
  }
  return pixels;
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const [toLeft, toUp, toCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function colourOf(hex: string): Colour {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Returns white, and the steps of each colour. */
function paletteOf(colours: readonly Colour[]): Colour[] {
  const blend = (value: number, step: number) => Math.round(255 + ((value - 255) * step) / STEPS);
  const blends = colours.flatMap(([red, green, blue]) =>
    Array.from(
      { length: STEPS },
      (_, step): Colour => [blend(red, step + 1), blend(green, step + 1), blend(blue, step + 1)],
    ),
  );
  return [[255, 255, 255], ...new Map(blends.map((colour) => [colour.join(), colour])).values()];
}

/** Returns rows of palette entries, each row after its filter byte. */
function indexed(pixels: Buffer, width: number, palette: readonly Colour[]): Buffer {
  const nearest = new Map<number, number>();
  const rows = pixels.length / (width * PIXEL);
  const result = Buffer.alloc(rows * (width + 1));
  for (let pixel = 0; pixel < pixels.length / PIXEL; pixel += 1) {
    const value = pixels.readUIntBE(pixel * PIXEL, PIXEL);
    let entry = nearest.get(value);
    if (entry === undefined) {
      entry = nearestEntry(colourOf(`#${value.toString(16)}`), palette);
      nearest.set(value, entry);
    }
    result[pixel + Math.floor(pixel / width) + 1] = entry;
  }
  return result;
}

function nearestEntry(colour: Colour, palette: readonly Colour[]): number {
  const distances = palette.map((entry) =>
    entry.reduce((sum, part, index) => sum + (part - (colour[index] ?? 0)) ** 2, 0),
  );
  return distances.indexOf(Math.min(...distances));
}
