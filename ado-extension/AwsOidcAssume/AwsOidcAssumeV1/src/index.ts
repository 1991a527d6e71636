import {
  assumeRole,
  endWhenWritten,
  Failure,
  failureLines,
  networkTransport,
  systemEdges,
} from '@aws-oidc-assume/shared';
import * as tl from 'azure-pipelines-task-lib/task.js';
import { AzurePipelines, EXPOSE_MODES } from './azure-pipelines.ts';
import { givenOptions } from './inputs.ts';
import { inert, TaskLog } from './log.ts';

declare const VERSION: string;

async function run(): Promise<void> {
  const log = new TaskLog();
  try {
    const transport = networkTransport();
    const edges = systemEdges(`aws-oidc-assume-azure/${VERSION}`, transport);
    await assumeRole(new AzurePipelines(log, transport), givenOptions(), { exposeModes: EXPOSE_MODES }, edges);
    tl.setResult(tl.TaskResult.Succeeded, '', true);
  } catch (error) {
    const failure = Failure.from(error);
    const [first = failure.code, ...rest] = failureLines(failure);
    for (const line of rest) log.error(line);
    tl.setResult(tl.TaskResult.Failed, inert(first), true);
  }
}

void run().then(endWhenWritten);
