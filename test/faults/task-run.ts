import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { EmulatorProcess } from '../support/emulator-process.ts';
import { AzureAgent, jobOf, NODE_24 } from '../support/index.ts';
import type { Fault, Observed } from './fault.ts';
import { Canceller, CleanUps, callsOf, nodeStartedBy, optionsOf } from './scene.ts';

/** The emulator's default service connection, aws-deploy. */
const CONNECTION = '8c7b6a59-4837-4261-8504-f3e2d1c0b999';

/** Files of every run: the task library's, and the job summary that the agent attaches to the run. */
const USUAL_FILES = /^(?:\.taskkey|aws-oidc-assume-[\da-f]+\.md)$/;

/**
 * Runs a job of Azure Pipelines with a fault.
 *
 * @param folder of the unpacked task
 * @throws Error if its output or files contain a secret
 */
export async function runTask(fault: Fault, emulator: EmulatorProcess, folder: string): Promise<Observed> {
  const cleanUps = new CleanUps();
  try {
    const { control } = emulator;
    const scene = {
      emulator,
      token: '',
      after: (cleanUp: () => unknown) => cleanUps.add(cleanUp),
    };
    const job = jobOf(emulator.ready);
    const arrangement = (await fault.arrange?.({ ...scene, folder: '' })) ?? {};
    const { shell, environment, cancel } = arrangement;
    const agent = new AzureAgent({
      ...job,
      handler: 'Node24',
      node: shell === undefined ? NODE_24 : nodeStartedBy(shell, NODE_24, cleanUps),
      ...(environment === undefined ? {} : { environment }),
      serviceConnections: { [CONNECTION]: { name: 'aws-deploy', type: 'Generic', url: 'https://aws.amazon.com/' } },
      issuedSecrets: control.secretValues,
    });
    cleanUps.add(() => agent.dispose());
    await control.setFaults(arrangement.rules ?? []);
    cleanUps.add(() => control.clearFaults());
    await control.clearRequests();

    const options = optionsOf(arrangement, emulator);
    const canceller = new Canceller(cancel, emulator);
    cleanUps.add(() => canceller.stop());
    const before = new Set(readdirSync(agent.tempFolder));
    const begun = performance.now();
    const task = await agent.runTask({
      folder,
      name: 'assume',
      inputs: {
        serviceConnection: CONNECTION,
        region: 'eu-west-1',
        ...Object.fromEntries(options),
      },
      signal: canceller.signal,
      onLine: canceller.onOutput,
    });
    const milliseconds = performance.now() - begun;
    agent.verify();
    const failed = task.issues.map(({ type, message }) =>
      type === 'error' ? /^(\w+): /.exec(message)?.[1] : undefined,
    );
    const set = task.commands
      .filter(({ event, data }) => event === 'setvariable' && data !== '')
      .map(({ properties }) => `variable ${properties['variable']}`);
    return {
      outcome:
        failed.find((code) => code !== undefined) ??
        (task.result === 'Succeeded' ? 'survived' : 'failed without a word'),
      exit: `${task.result}, exit status ${task.exitCode}`,
      calls: await callsOf(emulator),
      milliseconds,
      timeLimit: 1000 * Number(Object.fromEntries(options)['timeoutSeconds']),
      output: task.log.join('\n'),
      leftovers: [
        ...set,
        ...readdirSync(agent.tempFolder)
          .filter((name) => !before.has(name) && !USUAL_FILES.test(name))
          .map((name) => path.join('_temp', name)),
      ],
      secretsFound: agent.secrets.search([{ name: 'the log', text: task.log.join('\n') }]).length,
    };
  } finally {
    await cleanUps.run();
  }
}
