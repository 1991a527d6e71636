import {
  assumeRole,
  FAILURES,
  Failure,
  failureLines,
  printable,
  readTextFile,
  systemRuntime,
  tracedTransport,
} from '@aws-oidc-assume/shared';
import * as tl from 'azure-pipelines-task-lib/task.js';
import { jobNetworkWarning, networkOfAgent, transportThrough } from './agent/agent-network.ts';
import { hinted } from './agent/hints.ts';
import { readInputs } from './agent/inputs.ts';
import { inert, TaskLog } from './agent/log.ts';
import { agentHost, type TaskHost } from './agent/task-host.ts';
import { AzurePipelines } from './azure-pipelines.ts';
import { EXPOSE_MODES } from './expose/modes.ts';
import { withdraw } from './publish/withdraw.ts';

declare const VERSION: string;

async function run(): Promise<void> {
  const host = agentHost();
  const log = new TaskLog(host.command, (line) => process.stdout.write(`${line}\n`));
  log.debug(`AWS OIDC Assume ${VERSION} on Node ${process.version}`);
  try {
    await assume(host, log);
    tl.setResult(tl.TaskResult.Succeeded, '', true);
  } catch (error) {
    const failure = hinted(Failure.from(error));
    for (const line of failureLines(failure)) log.error(line);
    await withdraw(host, log);
    tl.setResult(tl.TaskResult.Failed, reasonOf(failure), true);
  }
}

async function assume(host: TaskHost, log: TaskLog): Promise<void> {
  const inputs = readInputs(host);
  const { network, problems } = await networkOfAgent(host, readTextFile);
  const fromJob = jobNetworkWarning(host.plainNames);
  if (fromJob !== undefined) log.warning(fromJob);
  if (host.variable('Agent.SkipCertValidation')?.toLowerCase() === 'true') {
    log.warning(
      'This agent is set up to accept any certificate (--sslskipcertvalidation). This task does not: whoever stands between could take the credentials. Where TLS is inspected, set the agent up with --sslcacert.',
    );
  }
  const transport = tracedTransport(transportThrough(network, host.environment), log, () => performance.now());
  const runtime = systemRuntime(`aws-oidc-assume-azure/${VERSION}`, transport);
  const ci = new AzurePipelines(host, inputs, network, { ...runtime, log });
  const rules = { exposeModes: EXPOSE_MODES, problems: [...inputs.problems, ...problems] };
  await assumeRole(ci, inputs.raw, rules, runtime);
}

/** In one line, for the page of the run; the log has the rest. */
function reasonOf({ code, message }: Failure): string {
  return inert(`${code}: ${FAILURES[code].when} ${printable(message.replaceAll('\n', '; '), 500)}`);
}

void run();
