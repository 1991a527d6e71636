import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EmulatorProcess } from '../support/emulator-process.ts';
import { type Arrangement, type OptionName, type Options, ROLE, TIMEOUT_SECONDS } from './fault.ts';

/** Runs a function, then all its cleanups, the last one first, even after an error. */
export class CleanUps {
  readonly #all: (() => Promise<unknown> | unknown)[] = [];

  add(cleanUp: () => Promise<unknown> | unknown): void {
    this.#all.push(cleanUp);
  }

  async run(): Promise<void> {
    const last = this.#all.pop();
    if (last === undefined) return;
    try {
      await last();
    } finally {
      await this.run();
    }
  }
}

export function temporaryFolder(cleanUps: { add(cleanUp: () => void): void }): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'fault-'));
  cleanUps.add(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function optionsOf({ options }: Arrangement, emulator: EmulatorProcess): [OptionName, string][] {
  const all: Options = {
    roleArn: ROLE,
    stsEndpoint: emulator.ready.sts,
    timeoutSeconds: String(TIMEOUT_SECONDS),
    maxAttempts: '3',
    ...options,
  };
  return Object.entries(all).filter(([, value]) => value !== '') as [OptionName, string][];
}

/** A wrapper that starts Node through a shell command. */
export function nodeStartedBy(shell: string, node: string, cleanUps: CleanUps): string {
  const file = path.join(temporaryFolder(cleanUps), 'node');
  writeFileSync(file, `#!/bin/bash\nset -- '${node}' "$@"\n${shell}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Requests that reached STS, without the emulator's own fetching of keys. */
export async function callsOf(emulator: EmulatorProcess): Promise<number> {
  return (await emulator.control.requests()).filter(({ endpoint }) => endpoint === 'sts').length;
}

/** Cancels as soon as the program has reached that point. */
export class Canceller {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #when: Arrangement['cancel'];
  #poll: NodeJS.Timeout | undefined;

  constructor(when: Arrangement['cancel'], emulator: EmulatorProcess) {
    this.#when = when;
    this.signal = this.#controller.signal;
    if (when === 'in a call') {
      const abortOnceCalled = async () => {
        if ((await callsOf(emulator)) > 0) this.#controller.abort();
      };
      this.#poll = setInterval(() => void abortOnceCalled(), 50);
    }
  }

  readonly onOutput = (text: string): void => {
    if (this.#when === 'in a wait' && /; next in \d+ ms/.test(text)) this.#controller.abort();
  };

  stop(): void {
    clearInterval(this.#poll);
  }
}
