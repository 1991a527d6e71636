#!/usr/bin/env node
import { createReadStream } from 'node:fs';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { networkThrough, proxyOfEnvironment, type Runtime, type Secret, systemRuntime } from '@aws-oidc-assume/shared';
import { captureChild, runChild } from './commands/exec/child.ts';
import type { CliContext, Prompts } from './context.ts';
import { readAtMost } from './input/read-at-most.ts';
import { FAILED, run } from './run.ts';

declare const VERSION: string;

const proxyFor = proxyOfEnvironment(process.env);
const network = networkThrough(proxyFor);
const masked: Secret[] = [];
let runtime: Runtime | undefined;

const context: CliContext = {
  version: VERSION,
  env: process.env,
  platform: process.platform,
  out: { write: (text) => void process.stdout.write(text), isTerminal: process.stdout.isTTY === true },
  err: { write: (text) => void process.stderr.write(withoutSecrets(text)), isTerminal: process.stderr.isTTY === true },
  transport: network.transport,
  proxyFor,
  now: () => new Date(),
  readFile: (path, most) => readAtMost(createReadStream(path), most),
  readStdin: (most) => readAtMost(process.stdin, most),
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  writeNewFile: async (path, text, mode) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx', mode });
  },
  ask: process.stdin.isTTY === true && process.stdout.isTTY === true ? lazyPrompts() : undefined,
  runtime: () => {
    runtime ??= systemRuntime(`aws-oidc-assume-cli/${VERSION}`, { ...network, environment: process.env });
    return runtime;
  },
  run: (child) => runChild(child, process.stdin.isTTY === true || process.stderr.isTTY === true),
  capture: (child) => captureChild(child, process.stdin.isTTY === true),
  mask: (secret) => void masked.push(secret),
};

let unwritable = false;
for (const [name, stream] of Object.entries({ output: process.stdout, error: process.stderr })) {
  stream.on('error', ({ code }: NodeJS.ErrnoException) => {
    // A reader may stop early: `aws-oidc … | head`.
    if (code === 'EPIPE' || unwritable) return;
    unwritable = true;
    process.exitCode = FAILED;
    context.err.write(`aws-oidc: standard ${name} cannot be written: ${code}.\n`);
  });
}

const status = await run(process.argv.slice(2), context);
process.exitCode = unwritable ? FAILED : status;

/** The library for questions is loaded with the first question. */
function lazyPrompts(): Prompts {
  const load = async () => (await import('./input/prompts.ts')).terminalPrompts;
  return {
    text: async (question) => (await load()).text(question),
    choose: async (message, choices) => (await load()).choose(message, choices),
  };
}

function withoutSecrets(text: string): string {
  return masked.reduce((rest, secret) => rest.replaceAll(secret.reveal(), '***'), text);
}
