import * as pipe from '../e2e/pipe/support.ts';
import * as task from '../e2e/task/support.ts';
import type { EmulatorProcess } from '../support/index.ts';
import type { Mode } from './consumer.ts';

export interface StepOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** Later steps of one CI system, after the role was assumed. */
export interface Side {
  readonly emulator: EmulatorProcess;
  /** ARN of the session that every tool should use. */
  readonly arn: string;
  /** Assumes the role again. */
  assume(mode: string): Promise<void>;
  /** @param sourcesByItself whether the command itself reads the pipe's file */
  run(command: string, home: string, sourcesByItself: boolean): Promise<StepOutput>;
  /** Ends the step or job. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** Variables of later steps in both CI systems, in addition to the credentials. */
const environment = (home: string) => ({ HOME: home, AWS_EC2_METADATA_DISABLED: 'true', AWS_PAGER: '' });

export async function startSide(side: Mode['side']): Promise<Side> {
  return side === 'pipe' ? startPipe() : startTask();
}

async function startPipe(): Promise<Side> {
  const emulator = await pipe.startEmulator();
  let step = await pipe.stepOf(emulator);
  const finish = async () => {
    step.verify();
    step.dispose();
  };
  return {
    emulator,
    arn: pipe.arnOf('deploy'),
    assume: async (mode) => {
      step = await pipe.stepOf(emulator);
      await pipe.succeed(step, emulator, { EXPOSE: mode });
    },
    run: (command, home, sourcesByItself) =>
      step.runScript(sourcesByItself ? command : `. ./.aws-oidc/env\n${command}`, { env: environment(home) }),
    finish,
    close: () => emulator.stop(),
  };
}

const SECRETS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

async function startTask(): Promise<Side> {
  const jobs = new task.Jobs(await task.startEmulator(), 'Node20_1');
  let mapped: Record<string, string> = {};
  return {
    emulator: jobs.emulator,
    arn: task.arnOf('deploy'),
    assume: async (mode) => {
      jobs.start();
      await jobs.assume({ expose: mode });
      mapped = mode === 'secret-variables' ? Object.fromEntries(SECRETS.map((name) => [name, `$(${name})`])) : {};
    },
    run: (command, home) => jobs.agent.runScript(command, { env: { ...environment(home), ...mapped } }),
    finish: () => jobs.finish(),
    close: () => jobs.close(),
  };
}
