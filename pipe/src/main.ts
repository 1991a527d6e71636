import {
  assumeRole,
  Failure,
  failureReport,
  ignoredCheckSwitch,
  networkThrough,
  proxyOfEnvironment,
  systemRuntime,
  tracedTransport,
} from '@aws-oidc-assume/shared';
import { BitbucketPipelines } from './bitbucket-pipelines.ts';
import { PipeLog } from './log.ts';
import { readEnvironment } from './read-environment.ts';
import { storedKeysWarning } from './stored-keys.ts';

declare const VERSION: string;

// A closed log must not stop the run.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const { raw, settings, rules } = readEnvironment(process.env);
const log = new PipeLog({
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  isDebug: settings.debug,
  // Bitbucket's log viewer shows colours; https://no-color.org.
  hasColours: !process.env['NO_COLOR'],
});

try {
  log.debug(`AWS OIDC Assume ${VERSION} on Node ${process.version}, as user ${process.getuid?.()}`);
  for (const warning of [ignoredCheckSwitch(process.env), storedKeysWarning(process.env)]) {
    if (warning !== undefined) log.warning(warning);
  }
  const network = networkThrough(proxyOfEnvironment(process.env));
  const transport = tracedTransport(network.transport, log, () => performance.now());
  const world = { ...network, transport, environment: process.env };
  const runtime = systemRuntime(`aws-oidc-assume-bitbucket/${VERSION}`, world);
  const ci = new BitbucketPipelines(process.env, settings, log, process.cwd());
  await assumeRole(ci, raw, rules, runtime);
} catch (error) {
  log.failure(failureReport(Failure.from(error), settings.debug));
  process.exitCode = 1;
}
