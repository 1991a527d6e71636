// Measures the time that a step waits for the pipe if its image is already on the machine:
//   node scripts/image/cold-start.mjs IMAGE [--runs 15]
// Whole `docker run` calls, in turns: one that does nothing, and the pipe assuming a role at the emulator on this
// machine. Then the same two inside one container, without Docker's time to create a container.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '15' } },
  allowPositionals: true,
});
const [image] = positionals;
const runs = Number(values.runs);
if (image === undefined || !(runs >= 1)) {
  console.error('Usage: node scripts/image/cold-start.mjs IMAGE [--runs NUMBER]');
  process.exit(2);
}

const emulatorBundle = fileURLToPath(new URL('../../packages/emulator/dist/aws-oidc-emulator.mjs', import.meta.url));
const emulator = spawn(process.execPath, [emulatorBundle, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
const clone = mkdtempSync(path.join(tmpdir(), 'cold-start-'));
try {
  const ready = await new Promise((resolve) =>
    createInterface(emulator.stdout).once('line', (line) => resolve(JSON.parse(line))),
  );
  const minted = await fetch(ready.mint, { method: 'POST', body: JSON.stringify({ provider: 'bitbucket' }) });
  const { token } = await minted.json();
  const environment = {
    AWS_OIDC_ROLE_ARN: 'arn:aws:iam::123456789012:role/deploy',
    AWS_DEFAULT_REGION: 'eu-west-1',
    STS_ENDPOINT: ready.sts,
    BITBUCKET_CLONE_DIR: clone,
    BITBUCKET_STEP_OIDC_TOKEN: token,
  };
  const docker = (...args) => {
    const begun = performance.now();
    const { status, stdout, stderr } = spawnSync(
      'docker',
      [
        'run',
        '--rm',
        '--network=host',
        `--volume=${clone}:${clone}`,
        ...Object.keys(environment).map((name) => `--env=${name}`),
        ...args,
      ],
      { encoding: 'utf8', env: { PATH: process.env.PATH, ...environment } },
    );
    if (status !== 0) throw new Error(stderr);
    return { took: performance.now() - begun, stdout };
  };
  const node = '--entrypoint=/usr/local/bin/node';

  const nothing = [];
  const pipe = [];
  for (let run = 0; run < runs; run++) {
    nothing.push(docker(node, image, '-e', '0').took);
    pipe.push(docker(image).took);
  }
  const inside = JSON.parse(docker(node, image, '-e', `(${timesInside})(${runs})`).stdout);
  report('docker run, Node doing nothing', nothing);
  report('docker run, the pipe', pipe);
  report('in the container, Node doing nothing', inside.nothing);
  report('in the container, the pipe', inside.pipe);
} finally {
  emulator.kill();
  rmSync(clone, { recursive: true, force: true });
}

/** Runs in the container, whose only program is Node. */
function timesInside(times) {
  const { spawnSync: run } = require('node:child_process');
  const time = (...args) => {
    const begun = performance.now();
    const { status, stderr } = run(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return performance.now() - begun;
  };
  const nothing = [];
  const pipe = [];
  for (let run = 0; run < times; run++) {
    nothing.push(time('-e', '0'));
    pipe.push(time('/opt/aws-oidc-assume/pipe.mjs'));
  }
  console.log(JSON.stringify({ nothing, pipe }));
}

function report(label, times) {
  const sorted = times.toSorted((a, b) => a - b);
  const percentile = (part) => `${Math.round(sorted[Math.floor((sorted.length - 1) * part)])} ms`;
  console.log(
    `${label.padEnd(40)} median ${percentile(0.5)}, fastest ${percentile(0)}, slowest ${percentile(1)} (${times.length} runs)`,
  );
}
