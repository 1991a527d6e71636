import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ChildNotStarted, type ChildRun } from '../../context.ts';

/** Sent to this process alone, never by a terminal to both. */
const ALWAYS_PASSED_ON = ['SIGTERM', 'SIGUSR1', 'SIGUSR2'] as const;
/** A terminal sends these to its whole foreground group, so that the child has them already: a second one means "at once". */
const PASSED_ON_WITHOUT_TERMINAL = ['SIGINT', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * Runs a command with our own input and outputs, and passes signals on to it.
 * @returns its exit status, 128 + n where signal n ended it. @throws ChildNotStarted
 */
export function runChild({ command, args, env }: ChildRun, onTerminal: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { env: { ...env }, stdio: 'inherit' });
    const passOn = (signal: NodeJS.Signals) => void child.kill(signal);
    const stay = () => {};
    for (const signal of ALWAYS_PASSED_ON) process.on(signal, passOn);
    for (const signal of PASSED_ON_WITHOUT_TERMINAL) process.on(signal, onTerminal ? stay : passOn);
    const done = () => {
      for (const signal of ALWAYS_PASSED_ON) process.off(signal, passOn);
      for (const signal of PASSED_ON_WITHOUT_TERMINAL) process.off(signal, onTerminal ? stay : passOn);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      done();
      reject(new ChildNotStarted(error.code ?? error.name, reason(error)));
    });
    child.once('exit', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function reason({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is no such command (ENOENT)';
  if (code === 'EACCES') return 'permission denied (EACCES)';
  return message;
}
