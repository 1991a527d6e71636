/** Starts a step's process as the agent does (`ProcessInvoker.cs`). */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { StringDecoder } from 'node:string_decoder';

export interface ProcessOptions {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Receives each line of either stream, in the order of arrival. */
  readonly onLine: (line: string) => void;
  /**
   * Whether the step has reported that it is done. The agent then waits for a while, and continues without the process.
   */
  readonly isDone: () => boolean;
  readonly afterDoneMs: number;
  /** Ends the process as in a cancelled job: SIGINT, then SIGTERM, then the whole tree. */
  readonly signal: AbortSignal;
  readonly afterSigintMs: number;
  readonly afterSigtermMs: number;
  readonly onStart?: ((processId: number) => void) | undefined;
}

export interface ProcessResult {
  /** Exit code, for a signal as in a shell; null if the agent continued without the process. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, in the order of arrival. */
  readonly both: string;
}

export function runProcess(options: ProcessOptions): Promise<ProcessResult> {
  const [command = '', ...args] = options.argv;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...options.environment },
      cwd: options.cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
      // A separate process group, so that the whole tree can be ended.
      detached: true,
    });
    const timers: NodeJS.Timeout[] = [];
    const collected = { stdout: '', stderr: '', both: '' };
    let over = false;
    const finish = (exitCode: number | null) => {
      over = true;
      for (const timer of timers) clearTimeout(timer);
      options.signal.removeEventListener('abort', cancel);
      resolve({ exitCode, ...collected });
    };
    const cancel = () => {
      child.kill('SIGINT');
      timers.push(setTimeout(() => child.kill('SIGTERM'), options.afterSigintMs));
      timers.push(setTimeout(() => killTree(child.pid), options.afterSigintMs + options.afterSigtermMs));
    };
    const goOnWithout = () => {
      killTree(child.pid);
      finish(null);
    };
    const onLine = (line: string) => {
      if (over) return;
      const wasDone = options.isDone();
      options.onLine(line);
      if (!wasDone && options.isDone()) timers.push(setTimeout(goOnWithout, options.afterDoneMs));
    };
    for (const name of ['stdout', 'stderr'] as const) {
      const lines = new LineSplitter(onLine);
      const decoder = new StringDecoder('utf8');
      child[name].on('data', (chunk: Buffer) => {
        const text = decoder.write(chunk);
        collected[name] += text;
        collected.both += text;
        lines.write(text);
      });
      child[name].once('end', () => lines.end());
    }
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      if (!over) finish(exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
    child.once('spawn', () => options.onStart?.(child.pid ?? 0));
    // A step cannot ask a person.
    child.stdin.on('error', () => {});
    child.stdin.end();
    options.signal.addEventListener('abort', cancel);
    if (options.signal.aborted) cancel();
  });
}

function killTree(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Splits lines like .NET's `ReadLine`: a line ends with CR, LF or both. */
export class LineSplitter {
  #rest = '';
  readonly #onLine: (line: string) => void;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(text: string): void {
    const all = this.#rest + text;
    // The LF after a CR may be in the next chunk.
    const complete = all.endsWith('\r') ? all.slice(0, -1) : all;
    const lines = complete.split(/\r\n|\r|\n/);
    this.#rest = (lines.pop() ?? '') + all.slice(complete.length);
    for (const line of lines) this.#onLine(line);
  }

  end(): void {
    const rest = this.#rest.replace(/\r$/, '');
    if (this.#rest !== '') this.#onLine(rest);
    this.#rest = '';
  }
}
