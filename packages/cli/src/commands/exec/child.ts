import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { constants } from 'node:os';
import { type CapturedRun, ChildNotStarted, type ChildRun } from '../../context.ts';
import { type SpawnCommand, windowsCommand } from './windows-command.ts';

/** Signals that reach only this process, so the child gets them from here. */
const ALWAYS_FORWARDED = ['SIGTERM', 'SIGUSR1', 'SIGUSR2'] as const;
/**
 * Signals that a terminal sends to its whole foreground group. The child has them already, and would treat a second one
 * as a demand to stop immediately. SIGBREAK is Ctrl+Break of a Windows console, which reaches the child as well.
 */
const FORWARDED_WITHOUT_TERMINAL = ['SIGINT', 'SIGHUP', 'SIGQUIT'] as const;
const NEVER_FORWARDED = ['SIGBREAK'] as const;

/**
 * Runs a command with this process's input and outputs, and forwards signals to it.
 * @returns its exit status; 128 + n if signal n ended it
 * @throws ChildNotStarted
 */
export function runChild(run: ChildRun, onTerminal: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = start(run, 'inherit');
    const stopForwarding = forwardSignals(child, onTerminal);
    child.once('error', (error: NodeJS.ErrnoException) => {
      stopForwarding();
      reject(notStarted(error));
    });
    child.once('exit', (code, signal) => {
      stopForwarding();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** Largest output that is kept, bytes. */
const LARGEST_OUTPUT = 1024 * 1024;

/**
 * Runs a command to its end and keeps its outputs. It shares the terminal, so it can ask the user for a second factor.
 * @throws ChildNotStarted
 */
export function captureChild(run: ChildRun, onTerminal: boolean): Promise<CapturedRun> {
  return new Promise((resolve, reject) => {
    const child = start(run, [onTerminal ? 'inherit' : 'ignore', 'pipe', 'pipe']);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
        if (output[name].length > LARGEST_OUTPUT) child.kill();
      });
    }
    child.once('error', (error: NodeJS.ErrnoException) => reject(notStarted(error)));
    child.once('close', (code, signal) =>
      resolve({ ...output, status: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) }),
    );
  });
}

/**
 * Starts the child. Node throws some errors and reports others as an event.
 *
 * @throws ChildNotStarted
 */
function start(run: ChildRun, stdio: StdioOptions): ChildProcess {
  const { command, args, ...options }: SpawnCommand =
    process.platform === 'win32' ? windowsCommand(run, isFile) : { command: run.command, args: run.args };
  try {
    return spawn(command, [...args], { ...options, env: { ...run.env }, stdio });
  } catch (error) {
    throw notStarted(error as NodeJS.ErrnoException);
  }
}

/** @returns a function that ends the forwarding */
function forwardSignals(child: ChildProcess, onTerminal: boolean): () => void {
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  const ignore = () => {};
  const handlers = [
    ...ALWAYS_FORWARDED.map((signal) => [signal, forward] as const),
    ...FORWARDED_WITHOUT_TERMINAL.map((signal) => [signal, onTerminal ? ignore : forward] as const),
    ...NEVER_FORWARDED.map((signal) => [signal, ignore] as const),
  ];
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

function notStarted({ code, name, message }: NodeJS.ErrnoException): ChildNotStarted {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such command (ENOENT)',
    EACCES: 'permission denied (EACCES)',
  };
  return new ChildNotStarted(code ?? name, reasons[code ?? ''] ?? message);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
