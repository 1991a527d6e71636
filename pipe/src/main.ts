import {
  agentThrough,
  assumeRole,
  Failure,
  failureLines,
  networkTransport,
  proxyOfEnvironment,
  proxyProblems,
  systemEdges,
  tracedTransport,
} from '@aws-oidc-assume/shared';
import { BitbucketPipelines, EXPOSE_MODES } from './bitbucket-pipelines.ts';
import { contradictions } from './contradictions.ts';
import { PipeLog } from './log.ts';
import { readSettings } from './settings.ts';
import { unknownVariables } from './unknown-variables.ts';
import { givenOptions } from './variables.ts';

declare const VERSION: string;

// Who stopped reading the log still wants the result.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const env = process.env;
const { settings, problems: ofSettings } = readSettings(env);
const { given, problems: ofVariables } = givenOptions(env);
const log = new PipeLog(
  (line) => process.stdout.write(`${line}\n`),
  (line) => process.stderr.write(`${line}\n`),
  settings.debug,
);

try {
  const problems = [
    ...unknownVariables(env),
    ...ofVariables,
    ...ofSettings,
    ...contradictions(given, settings),
    ...proxyProblems(env),
  ];
  log.debug(`AWS OIDC Assume ${VERSION} on Node ${process.version}, as user ${process.getuid?.()}`);
  const network = networkTransport(agentThrough(proxyOfEnvironment(env)));
  const transport = tracedTransport(network, log, () => performance.now());
  const edges = systemEdges(`aws-oidc-assume-bitbucket/${VERSION}`, transport);
  const ci = new BitbucketPipelines(env, settings, log);
  await assumeRole(ci, given, { exposeModes: EXPOSE_MODES, problems }, edges);
  log.info('✔ Done.');
} catch (error) {
  const [first, ...rest] = failureLines(Failure.from(error));
  log.error(`✖ ${first}`);
  for (const line of rest) log.error(line);
  process.exitCode = 1;
}
