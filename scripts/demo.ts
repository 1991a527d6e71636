/**
 * The whole federation on one machine. The sample pipelines of examples/ run as in their CI systems, against the
 * emulator of AWS STS and of the token issuers. Everything runs as built and packed.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import {
  AzureAgent,
  BitbucketStep,
  buildPipeImage,
  type EmulatorProcess,
  engineAnswers,
  jobOf,
  packedExtension,
  startEmulatorProcess,
  unpackVsix,
} from '../test/support/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const temporary = mkdtempSync(path.join(tmpdir(), 'aws-oidc-assume-demo-'));

type BitbucketLine = string | { pipe: string; variables: Record<string, string> };
type AzureLine = { task: string; inputs: Record<string, string> } | { script: string };

const say = (text = '') => process.stdout.write(`${text}\n`);
const title = (text: string) => say(`\n━━ ${text} ${'━'.repeat(Math.max(0, 100 - text.length))}`);
const show = (text: string) => text.trimEnd() !== '' && say(text.trimEnd().replace(/^/gm, '   │ '));

async function main(): Promise<void> {
  putAwsOnPath();
  const pipe = pipeToRun();
  const accounts: unknown = JSON.parse(readFileSync(path.join(root, 'examples/emulator.json'), 'utf8'));
  const emulator = await startEmulatorProcess({ config: accounts });
  try {
    say(
      `AWS STS and the token issuers are emulated at ${emulator.ready.sts}, with the account of examples/emulator.json.`,
    );
    say('The AWS SDK for JavaScript answers as `aws`, so you need no AWS CLI.');

    title(`Bitbucket Pipelines: examples/bitbucket-pipelines.yml (${pipe.artefact})`);
    const bitbucket = await bitbucketStep(emulator, pipe, await emulator.control.mint('bitbucket'));

    title('Azure Pipelines: examples/azure-pipelines.yml (the packed task)');
    const azure = await azureJob(emulator);

    title('Bitbucket Pipelines: the same step in a repository that the role does not trust');
    const stranger = { sub: '{99999999-9999-4999-8999-999999999999}:{1f0c9a2b-1111-4222-8333-444455556666}' };
    const denied = await bitbucketStep(emulator, pipe, await emulator.control.mint('bitbucket', stranger));

    title('What happened');
    const [first, second] = [arnIn(bitbucket.output), arnIn(azure)];
    say(`Bitbucket's later step was  ${first}`);
    say(`Azure's later step was      ${second}`);
    say(`The stranger's step was     ${denied.exitCode === 1 ? 'denied, and told why' : 'NOT denied'}`);
    if (!first || !second || denied.exitCode !== 1) throw new Error('the demo did not end as it should');
  } finally {
    await emulator.stop();
  }
}

interface PipeToRun {
  readonly artefact: string;
  readonly runner: { image: string } | { bundle: string };
}

function pipeToRun(): PipeToRun {
  const bundle = path.join(root, 'pipe/dist/pipe.mjs');
  if (!engineAnswers())
    return { artefact: 'the pipe as its bundle, since no Docker engine answers here', runner: { bundle } };
  try {
    return { artefact: 'the pipe as its Docker image', runner: { image: buildPipeImage() } };
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    return {
      artefact: `the pipe as its bundle, since its image could not be built here: ${reason}`,
      runner: { bundle },
    };
  }
}

/** The script of the sample's step as a list. The lines after the pipe share one shell, as in a step. */
async function bitbucketStep(
  emulator: EmulatorProcess,
  pipe: PipeToRun,
  oidcToken: string,
): Promise<{ exitCode: number; output: string }> {
  const sample = parse(readFileSync(path.join(root, 'examples/bitbucket-pipelines.yml'), 'utf8'));
  const script: BitbucketLine[] = sample.pipelines.branches.main[0].step.script;
  const step = new BitbucketStep({ oidcToken, issuedSecrets: emulator.control.secretValues });
  try {
    for (const line of script.filter((one) => typeof one !== 'string')) {
      say(`+ pipe: ${line.pipe}`);
      const { exitCode, stdout, stderr } = await step.runPipe({
        ...pipe.runner,
        variables: { ...line.variables, STS_ENDPOINT: emulator.ready.sts },
      });
      show(stdout);
      show(stderr);
      if (exitCode !== 0) return { exitCode: exitCode ?? 1, output: '' };
    }
    const lines = script.filter((one) => typeof one === 'string');
    for (const line of lines) say(`+ ${line}`);
    const later = await step.runScript(lines.join('\n'), { env: { AWS_ENDPOINT_URL_STS: emulator.ready.sts } });
    show(later.stdout);
    show(later.stderr);
    step.verify();
    return { exitCode: later.exitCode ?? 1, output: later.stdout };
  } finally {
    step.dispose();
  }
}

async function azureJob(emulator: EmulatorProcess): Promise<string> {
  const extension = path.join(temporary, 'extension');
  unpackVsix(packedExtension(), extension);
  const connection = { id: '8c7b6a59-4837-4261-8504-f3e2d1c0b999', name: 'aws-deploy' };
  const agent = new AzureAgent({
    ...jobOf(emulator.ready),
    serviceConnections: { [connection.id]: { name: connection.name, type: 'Generic' } },
    environment: { AWS_ENDPOINT_URL_STS: emulator.ready.sts },
    issuedSecrets: emulator.control.secretValues,
  });
  try {
    let output = '';
    const steps: AzureLine[] = parse(readFileSync(path.join(root, 'examples/azure-pipelines.yml'), 'utf8')).steps;
    for (const step of steps) {
      say('task' in step ? `+ task: ${step.task}` : `+ script: ${step.script}`);
      const result =
        'task' in step
          ? await agent.runTask({
              folder: path.join(extension, 'AwsOidcAssume/AwsOidcAssumeV1'),
              inputs: { ...step.inputs, stsEndpoint: emulator.ready.sts },
            })
          : await agent.runScript(step.script);
      show(result.log.join('\n'));
      if (result.result !== 'Succeeded') throw new Error(`a step of the Azure job ended as ${result.result}`);
      output = result.stdout;
    }
    await agent.finish();
    return output;
  } finally {
    agent.dispose();
  }
}

function arnIn(output: string): string | undefined {
  return /arn:aws:sts::\d{12}:assumed-role\/[\w+=,.@/-]+/.exec(output)?.[0];
}

function putAwsOnPath(): void {
  const aws = path.join(temporary, 'aws');
  const script = path.join(root, 'scripts/demo/aws.mjs');
  // The SDK prints a long warning about the Node version.
  const quiet = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true';
  writeFileSync(aws, `#!/bin/sh\n${quiet} exec "${process.execPath}" "${script}" "$@"\n`);
  chmodSync(aws, 0o755);
  process.env['PATH'] = `${temporary}${path.delimiter}${process.env['PATH']}`;
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
