import type { Command } from '../cli/command.ts';
import { completion } from './completion.ts';
import { credentialProcess } from './credential-process.ts';
import { doctor } from './doctor/doctor.ts';
import { env } from './env/env.ts';
import { exec } from './exec/exec.ts';
import { explain } from './explain/explain.ts';
import { init } from './init/init.ts';
import { inspect } from './inspect/inspect.ts';
import { trustLint } from './lint/trust-lint.ts';
import { trustEvaluate } from './trust-evaluate.ts';
import { trustGenerate } from './trust-generate.ts';

/** Commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  init,
  inspect,
  explain,
  trustGenerate,
  trustLint,
  trustEvaluate,
  exec,
  env,
  credentialProcess,
  doctor,
  completion,
];
