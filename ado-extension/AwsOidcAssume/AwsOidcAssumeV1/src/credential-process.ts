// The task leaves this program in the temporary directory. AWS tools run it whenever they need credentials. It requests a
// new token from Azure DevOps, assumes the role again and prints the credentials for the SDKs.
import { NAME, requestToken, TASK_WORDS } from '@aws-oidc-assume/ci-systems/azure-pipelines';
import {
  assumeRole,
  type CiSystem,
  Failure,
  failureLines,
  processCredentials,
  silentLog,
  systemRuntime,
} from '@aws-oidc-assume/shared';
import { connectionThrough } from './agent/agent-network.ts';
import { withAgentHint } from './agent/hints.ts';
import { inert } from './agent/log.ts';
import { readState } from './expose/renewal-state.ts';

declare const VERSION: string;

async function run(stateFile: string): Promise<void> {
  const state = await readState(stateFile).catch((error: Error) => {
    throw new Failure('TokenUnavailable', error.message, { changes: ['Assume the role in the job that uses it.'] });
  });
  const connection = connectionThrough(state.network, process.env);
  const runtime = systemRuntime(`aws-oidc-assume-azure/${VERSION} credential-process`, connection);
  const job: CiSystem = {
    name: NAME,
    run: () => state.run,
    log: silentLog,
    renewsToken: true,
    identityToken: (limits) => requestToken(state.token, TASK_WORDS, limits, { ...runtime, log: silentLog }),
    publish: async ([session]) => {
      process.stdout.write(processCredentials(session));
      return { lines: [] };
    },
  };
  const { raw, endpointVariant } = state;
  await assumeRole(job, raw, { exposeModes: ['credential-process'], endpointVariant }, runtime);
}

async function main(): Promise<void> {
  try {
    await run(process.argv[2] ?? '');
  } catch (error) {
    // SDKs copy this text into their own errors, so it reaches the log of the failed step, which the agent parses.
    process.stderr.write(
      `${failureLines(withAgentHint(Failure.from(error)))
        .map(inert)
        .join('\n')}\n`,
    );
    process.exitCode = 1;
  }
}

void main();
