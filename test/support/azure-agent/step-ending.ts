import type { Result } from './result.ts';
import type { Step } from './step.ts';
import type { StepOutput } from './step-output.ts';

/** Early end of a step, before its process ends. */
export class Ending {
  reason: 'cancelled' | 'timed out' | undefined;
  readonly #controller = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #step: Step;

  constructor(step: Step) {
    this.#step = step;
    if (step.cancelAfterMs !== undefined) this.#timers.push(setTimeout(this.#cancel, step.cancelAfterMs));
    if (step.timeoutMs !== undefined) this.#timers.push(setTimeout(() => this.#end('timed out'), step.timeoutMs));
    step.signal?.addEventListener('abort', this.#cancel);
    if (step.signal?.aborted) this.#cancel();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#step.signal?.removeEventListener('abort', this.#cancel);
  }

  readonly #cancel = () => this.#end('cancelled');

  #end(reason: NonNullable<Ending['reason']>): void {
    this.reason ??= reason;
    this.#controller.abort();
  }
}

/** A step's result after its process has ended. */
export function resultOf(
  output: StepOutput,
  exitCode: number | null,
  ending: Ending['reason'],
  [file, ...args]: readonly string[],
): Result {
  if (ending === 'cancelled') {
    output.error('The operation was canceled.');
    return 'Canceled';
  }
  if (ending === 'timed out') {
    output.error('The task has timed out.');
    return 'Failed';
  }
  if (exitCode !== null && exitCode !== 0) {
    output.error(`Exit code ${exitCode} returned from process: file name '${file}', arguments '${args.join(' ')}'.`);
    return 'Failed';
  }
  return output.finalResult;
}
