import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { skipEvenInCi } from '../../support/tools.ts';
import { BUNDLE } from '../cli/aws-oidc.ts';

const ENTER = '\r';
const DOWN = '\u001b[B';

/** Questions in order, with the keys that answer them. */
type Dialog = readonly (readonly [question: RegExp, keys: string])[];

interface TerminalRun {
  readonly status: number | null;
  readonly screen: string;
}

/** Runs the program in a terminal of util-linux's `script`, and types each answer after its question. */
function runAtTerminal(args: readonly string[], dialog: Dialog, cwd: string): Promise<TerminalRun> {
  const program = [process.execPath, BUNDLE, ...args].map((word) => `'${word}'`).join(' ');
  // script's terminal has no size if script itself has no terminal.
  const command = `stty cols 200 rows 50; exec ${program}`;
  return new Promise((resolve, reject) => {
    const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm' },
      timeout: 20_000,
    });
    let screen = '';
    let unread = '';
    let position = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
      unread += text;
      const [question, keys] = dialog[position] ?? [];
      if (question === undefined || keys === undefined || !question.test(unread)) return;
      position += 1;
      unread = '';
      child.stdin.write(keys);
    });
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, screen }));
  });
}

describe('aws-oidc init at a terminal', function () {
  this.timeout(30_000);
  let folder: string;

  before(function () {
    // Ctrl+C and the program's status need util-linux's script.
    const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
    if (!/util-linux/.test(stdout ?? '')) skipEvenInCi(this, 'there is no script of util-linux here');
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'init-terminal-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('asks for everything, repeats a question after a wrong answer, and writes the files', async () => {
    const dialog: Dialog = [
      [/CI system/, ENTER],
      [/Workspace, as in its URL/, `acme/shop${ENTER}`],
      [/must be the workspace's slug/, `${'\u007f'.repeat(5)}${ENTER}`],
      [/UUID of the workspace/, `6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11${ENTER}`],
      [/UUID of the repository/, `{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22}${ENTER}`],
      [/UUID of the deployment environment/, ENTER],
      [/AWS account/, `123456789012${ENTER}`],
      [/AWS region/, `eu-west-1${ENTER}`],
      [/The pipeline deploys/, `${DOWN}${ENTER}`],
      [/ECR repository/, `acme/shop${ENTER}`],
      [/Create the identity provider and the role with/, `${DOWN}${ENTER}`],
      [/Does the account have the identity provider already/, ENTER],
    ];
    const { status, screen } = await runAtTerminal(['init'], dialog, folder);
    assert.equal(status, 0, screen);
    assert.match(screen, /Then run:\r?\n {2}terraform -chdir=aws init && terraform -chdir=aws apply\r?\n {2}git add /);
    assert.deepEqual(readdirSync(folder, { recursive: true }).toSorted(), [
      'aws',
      'aws/main.tf',
      'aws/versions.tf',
      'bitbucket-pipelines.yml',
    ]);
    const pipeline = readFileSync(path.join(folder, 'bitbucket-pipelines.yml'), 'utf8');
    assert.match(pipeline, /docker push 123456789012\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/acme\/shop:/);
  });

  it('writes nothing after Ctrl+C', async () => {
    const { status, screen } = await runAtTerminal(
      ['init'],
      [
        [/CI system/, ENTER],
        [/Workspace/, '\u0003'],
      ],
      folder,
    );
    assert.equal(status, 130, screen);
    assert.match(screen, /Cancelled: nothing was written\./);
    assert.deepEqual(readdirSync(folder), []);
  });
});
