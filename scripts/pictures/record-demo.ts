// Runs the demo and writes docs/images/demo.svg from its output: `npx tsx scripts/pictures/record-demo.ts`.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Line, recording } from './recording.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const COMMAND = 'npx --yes pnpm@12 demo';

const [program = '', ...args] = COMMAND.split(' ');
const demo = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
const lines: Line[] = [];
const start = Date.now();
for await (const text of createInterface({ input: demo.stdout })) {
  // pnpm prints the script that it runs.
  if (!text.startsWith('$ ')) lines.push({ time: Date.now() - start, text });
}
const status = demo.exitCode ?? (await new Promise<number | null>((resolve) => demo.once('close', resolve)));
if (status !== 0) throw new Error(`the demo ended with status ${status}`);
writeFileSync(`${root}docs/images/demo.svg`, recording(COMMAND, lines));
