import {
  assumeRole,
  Failure,
  failureReport,
  ignoredCheckSwitch,
  readEndpointVariant,
  readTextFile,
  systemRuntime,
  tracedTransport,
} from '@aws-oidc-assume/shared';
import * as tl from 'azure-pipelines-task-lib/task.js';
import { connectionThrough, jobNetworkWarning, networkOfAgent } from './agent/agent-network.ts';
import { withAgentHint } from './agent/hints.ts';
import { readInputs } from './agent/inputs.ts';
import { summaryLine, TaskLog } from './agent/log.ts';
import { storedKeysWarning } from './agent/stored-keys.ts';
import { agentHost, type TaskHost } from './agent/task-host.ts';
import { AzurePipelines } from './azure-pipelines.ts';
import { EXPOSE_MODES } from './expose/modes.ts';
import { clearStaleCredentials } from './publish/clear-stale-credentials.ts';
import { failureSummaryOf, uploadSummary } from './publish/summary.ts';

declare const VERSION: string;

async function run(): Promise<void> {
  const host = agentHost();
  const log = new TaskLog(host.command, (line) => process.stdout.write(`${line}\n`));
  log.debug(`AWS OIDC Assume ${VERSION} on Node ${process.version}`);
  try {
    await assume(host, log);
    tl.setResult(tl.TaskResult.Succeeded, '', true);
  } catch (error) {
    await fail(withAgentHint(Failure.from(error)), host, log);
  }
}

/** Reports a failure: log, summary, result. Clears credentials of earlier steps, so that no later step uses them. */
async function fail(failure: Failure, host: TaskHost, log: TaskLog): Promise<void> {
  const isOn = (text: string | undefined) => text?.toLowerCase() === 'true';
  const report = failureReport(failure, isOn(host.variable('System.Debug')));
  log.failure(report);
  await clearStaleCredentials(host, log);
  if (isOn(host.input('jobSummary') ?? 'true')) {
    await uploadSummary(failureSummaryOf(report, isOn(host.input('maskAccountId'))), host, log);
  }
  // The library's setResult would add a second error to the run's page.
  host.command('task.complete', { result: 'Failed', done: 'true' }, summaryLine(report));
}

async function assume(host: TaskHost, log: TaskLog): Promise<void> {
  const inputs = readInputs(host);
  const { network, problems } = await networkOfAgent(host, readTextFile);
  for (const warning of [
    jobNetworkWarning(host.plainNames),
    ignoredCheckSwitch(host.environment),
    storedKeysWarning(host),
  ]) {
    if (warning !== undefined) log.warning(warning);
  }
  if (host.variable('Agent.SkipCertValidation')?.toLowerCase() === 'true') {
    log.warning(
      'This agent accepts any certificate (--sslskipcertvalidation). This task does not, because anyone in between could take the credentials. If a proxy inspects TLS, configure the agent with --sslcacert.',
    );
  }
  const connection = connectionThrough(network, host.environment);
  const transport = tracedTransport(connection.transport, log, () => performance.now());
  const runtime = systemRuntime(`aws-oidc-assume-azure/${VERSION}`, { ...connection, transport });
  const ci = new AzurePipelines(host, inputs, network, { ...runtime, log });
  const variant = readEndpointVariant(host.environment);
  const rules = {
    exposeModes: EXPOSE_MODES,
    problems: [...inputs.problems, ...problems, ...variant.problems],
    endpointVariant: variant.endpointVariant,
  };
  await assumeRole(ci, inputs.raw, rules, runtime);
}

void run();
