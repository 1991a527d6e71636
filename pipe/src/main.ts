import {
  assumeRole,
  connectThrough,
  Failure,
  failureLines,
  networkTransport,
  proxyOfEnvironment,
  systemRuntime,
  tracedTransport,
} from '@aws-oidc-assume/shared';
import { BitbucketPipelines } from './bitbucket-pipelines.ts';
import { PipeLog } from './log.ts';
import { readEnvironment } from './read-environment.ts';

declare const VERSION: string;

// Who stopped reading the log still wants the result.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const { raw, settings, rules } = readEnvironment(process.env);
const log = new PipeLog(
  (line) => process.stdout.write(`${line}\n`),
  (line) => process.stderr.write(`${line}\n`),
  settings.debug,
);

try {
  log.debug(`AWS OIDC Assume ${VERSION} on Node ${process.version}, as user ${process.getuid?.()}`);
  const network = networkTransport(connectThrough(proxyOfEnvironment(process.env)));
  const transport = tracedTransport(network, log, () => performance.now());
  const runtime = systemRuntime(`aws-oidc-assume-bitbucket/${VERSION}`, transport);
  const ci = new BitbucketPipelines(process.env, settings, log, process.cwd());
  await assumeRole(ci, raw, rules, runtime);
  log.info('✔ Done.');
} catch (error) {
  const [first, ...rest] = failureLines(Failure.from(error));
  log.error(`✖ ${first}`);
  for (const line of rest) log.error(line);
  process.exitCode = 1;
}
