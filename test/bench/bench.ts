/**
 * `pnpm bench`: times of whole processes against the emulator, taken in turn, and sizes. Prints the tables and writes them
 * into docs/performance.md.
 *
 * ROUNDS=<n> (default 21). PEER_DIR=<checkout of aws-actions/configure-aws-credentials> adds that one. PARTS=<names, comma
 * between them> runs only these parts and writes nothing.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { canBuildImages } from '../support/docker/base-image.ts';
import { NODE_20, NODE_24, startEmulatorProcess } from '../support/index.ts';
import { largerPolicies, morePolicies, moreRoles } from './growth.ts';
import { type Row, type Subject, timesOf } from './measure.ts';
import { cliDownload, sizeTable } from './sizes.ts';
import { ROOT, type Scene, startUps } from './subjects.ts';
import { timeTable } from './tables.ts';
import { MEGABITS, wholeStepTable } from './whole-step.ts';

const rounds = Number(process.env['ROUNDS'] ?? 21);
const chosenParts = process.env['PARTS']?.split(',');

async function withScene<T>(node: string, action: (scene: Scene) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const emulator = await startEmulatorProcess();
  try {
    return await action({ emulator, node, folder });
  } finally {
    await emulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A table for these subjects under a line that names the conditions. */
function timed(
  node: string,
  subjectsOf: (scene: Scene) => Promise<Subject[]>,
  label: string,
  baseOf?: (rows: readonly Row[]) => (row: Row) => Row | undefined,
): Promise<string> {
  return withScene(node, async (scene) => {
    const rows = await timesOf(await subjectsOf(scene), rounds, scene.folder);
    return `${conditions(node, rounds)}\n\n${timeTable(rows, label, baseOf?.(rows))}`;
  });
}

function conditions(node: string, count: number): string {
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  return `Node ${version}, ${count} rounds, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}:`;
}

/** The nearest floor above a row. */
function floorOf(rows: readonly Row[]): (row: Row) => Row | undefined {
  return (row) => rows.slice(0, rows.indexOf(row) + 1).findLast(({ name }) => name.startsWith('floor'));
}

const PARTS: Readonly<Record<string, () => Promise<string>>> = {
  sizes: async () => sizeTable(),
  'start-24': () => timed(NODE_24, startUps, '× floor', floorOf),
  'start-20': () => timed(NODE_20, startUps, '× floor', floorOf),
  step: async () =>
    canBuildImages()
      ? `Downloads at ${MEGABITS} Mbit/s, Node 24:\n\n${await withScene(NODE_24, (scene) => wholeStepTable(scene, cliDownload()))}`
      : 'The whole step was not measured: no Docker engine answered.',
  roles: () => timed(NODE_24, moreRoles, '× one role'),
  policies: () => timed(NODE_24, largerPolicies, '× without'),
  lint: () => timed(NODE_24, morePolicies, '× one policy'),
};

const texts: string[] = [];
for (const [name, part] of Object.entries(PARTS)) {
  if (chosenParts !== undefined && !chosenParts.includes(name)) continue;
  const text = await part();
  console.log(`${text}\n`);
  texts.push(text);
}
if (chosenParts === undefined) {
  const file = path.join(ROOT, 'docs/performance.md');
  const [begin, end] = ['<!-- bench -->', '<!-- /bench -->'];
  const current = readFileSync(file, 'utf8');
  const before = current.slice(0, current.indexOf(begin) + begin.length);
  writeFileSync(file, `${before}\n\n${texts.join('\n\n')}\n\n${current.slice(current.indexOf(end))}`);
}
