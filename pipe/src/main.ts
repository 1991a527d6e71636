import {
  assumeRole,
  connectThrough,
  Failure,
  failureReport,
  ignoredCheckSwitch,
  networkTransport,
  proxyOfEnvironment,
  systemRuntime,
  tracedTransport,
} from '@aws-oidc-assume/shared';
import { BitbucketPipelines } from './bitbucket-pipelines.ts';
import { PipeLog } from './log.ts';
import { readEnvironment } from './read-environment.ts';

declare const VERSION: string;

// A closed log must not stop the run.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const { raw, settings, rules } = readEnvironment(process.env);
const log = new PipeLog({
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  isDebug: settings.debug,
});

try {
  log.debug(`AWS OIDC Assume ${VERSION} on Node ${process.version}, as user ${process.getuid?.()}`);
  const ignored = ignoredCheckSwitch(process.env);
  if (ignored !== undefined) log.warning(ignored);
  const network = networkTransport(connectThrough(proxyOfEnvironment(process.env)));
  const transport = tracedTransport(network, log, () => performance.now());
  const runtime = systemRuntime(`aws-oidc-assume-bitbucket/${VERSION}`, transport);
  const ci = new BitbucketPipelines(process.env, settings, log, process.cwd());
  await assumeRole(ci, raw, rules, runtime);
} catch (error) {
  log.failure(failureReport(Failure.from(error), settings.debug));
  process.exitCode = 1;
}
