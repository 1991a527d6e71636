import {
  agentThrough,
  assumeRole,
  Failure,
  failureLines,
  networkTransport,
  proxyOfEnvironment,
  systemEdges,
} from '@aws-oidc-assume/shared';
import { BitbucketPipelines, EXPOSE_MODES } from './bitbucket-pipelines.ts';
import { PipeLog } from './log.ts';
import { givenOptions } from './variables.ts';

declare const VERSION: string;

const log = new PipeLog(
  (line) => process.stdout.write(`${line}\n`),
  (line) => process.stderr.write(`${line}\n`),
  /^true$/i.test(process.env['DEBUG'] ?? ''),
);

try {
  const transport = networkTransport(agentThrough(proxyOfEnvironment(process.env)));
  const edges = systemEdges(`aws-oidc-assume-bitbucket/${VERSION}`, transport);
  const ci = new BitbucketPipelines(process.env, log);
  await assumeRole(ci, givenOptions(process.env), { exposeModes: EXPOSE_MODES }, edges);
  log.info('✔ Done.');
} catch (error) {
  const [first, ...rest] = failureLines(Failure.from(error));
  log.error(`✖ ${first}`);
  for (const line of rest) log.error(line);
  process.exitCode = 1;
}
