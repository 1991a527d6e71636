// Left in the temporary directory by the task. AWS tools run it whenever they need credentials: it asks Azure DevOps for a
// new token, assumes the role again, and prints what the SDKs read from a `credential_process`
// (AWS SDKs reference guide, "Process credential provider").
import {
  assumeRole,
  type CiSystem,
  Failure,
  failureLines,
  type Session,
  silentLog,
  systemRuntime,
} from '@aws-oidc-assume/shared';
import { transportThrough } from './agent/agent-network.ts';
import { hinted } from './agent/hints.ts';
import { inert } from './agent/log.ts';
import { EXPOSE_MODES } from './expose/exposure.ts';
import { readState } from './expose/renewal-state.ts';
import { requestToken } from './token/token-request.ts';

declare const VERSION: string;

async function run(stateFile: string): Promise<void> {
  const state = await readState(stateFile).catch((error: Error) => {
    throw new Failure('TokenUnavailable', error.message, { changes: ['Assume the role in the job that uses it.'] });
  });
  const transport = transportThrough(state.network, process.env);
  const runtime = systemRuntime(`aws-oidc-assume-azure/${VERSION} credential-process`, transport);
  const job: CiSystem = {
    name: 'Azure Pipelines',
    run: state.run,
    log: silentLog,
    renewsToken: true,
    identityToken: (limits) => requestToken(state.token, limits, { ...runtime, log: silentLog }),
    publish: async ([session]) => {
      if (session === undefined) throw new Failure('Internal', 'no role was assumed');
      process.stdout.write(JSON.stringify(processCredentials(session)));
      return { lines: [] };
    },
  };
  await assumeRole(job, state.raw, { exposeModes: EXPOSE_MODES }, runtime);
}

function processCredentials({ credentials }: Session) {
  return {
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey.reveal(),
    SessionToken: credentials.sessionToken.reveal(),
    Expiration: credentials.expiration.toISOString(),
    AccountId: credentials.accountId,
  };
}

async function main(): Promise<void> {
  try {
    await run(process.argv[2] ?? '');
  } catch (error) {
    // The SDKs put this into their own errors, and so into the log of the step that failed, where the agent reads it.
    process.stderr.write(
      `${failureLines(hinted(Failure.from(error)))
        .map(inert)
        .join('\n')}\n`,
    );
    process.exitCode = 1;
  }
}

void main();
