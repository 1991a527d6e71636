// Prints the compressed size of an image, layer by layer, as a registry would send it:
//   node scripts/image/size.mjs IMAGE [--limit MEGABYTES]
// Exits 1 if the total exceeds the limit. `docker save` writes uncompressed layers; they are compressed here with gzip's
// default level, as `docker push` does.
import { execFileSync, spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';

const { values, positionals } = parseArgs({ options: { limit: { type: 'string' } }, allowPositionals: true });
const [image] = positionals;
const limit = Number(values.limit ?? Number.POSITIVE_INFINITY);
if (image === undefined || Number.isNaN(limit)) {
  console.error('Usage: node scripts/image/size.mjs IMAGE [--limit MEGABYTES]');
  process.exit(2);
}

const folder = mkdtempSync(path.join(tmpdir(), 'image-size-'));
try {
  const saved = path.join(folder, 'image.tar');
  const { status, stderr } = spawnSync('docker', ['save', '--output', saved, image], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`docker save: ${stderr.trim()}`);
  execFileSync('tar', ['-xf', saved, '-C', folder]);
  const [manifest] = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
  const layers = [];
  for (const layer of manifest.Layers) layers.push(await measure(path.join(folder, layer)));
  const total = sum(layers);

  for (const { compressed, plain, largest } of layers) {
    console.log(`${megabytes(compressed)} (${megabytes(plain)} unpacked)  ${largest}`);
  }
  console.log(`${megabytes(total.compressed)} (${megabytes(total.plain)} unpacked)  ${image}, compressed`);
  if (total.compressed > limit * 1e6) {
    console.error(`More than ${limit} MB.`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(layer) {
  let compressed = 0;
  await pipeline(createReadStream(layer), createGzip(), async (chunks) => {
    for await (const chunk of chunks) compressed += chunk.length;
  });
  const files = execFileSync('tar', ['-tvf', layer], { encoding: 'utf8', maxBuffer: 2 ** 28 })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([, , size, , , name]) => ({ size: Number(size), name }))
    .filter(({ size }) => size > 0)
    .sort((a, b) => b.size - a.size);
  return {
    compressed,
    plain: files.reduce((all, { size }) => all + size, 0),
    largest: `${files
      .slice(0, 3)
      .map(({ name }) => name)
      .join(', ')}${files.length > 3 ? ', …' : ''}`,
  };
}

function sum(layers) {
  return layers.reduce((all, one) => ({ compressed: all.compressed + one.compressed, plain: all.plain + one.plain }), {
    compressed: 0,
    plain: 0,
  });
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(2).padStart(7)} MB`;
}
