import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  AzureAgent,
  BitbucketStep,
  type EmulatorProcess,
  jobOf,
  NODE_24,
  type StepResult,
  startEmulatorProcess,
  unpackTask,
} from '../support/index.ts';
import { ROLE } from './fault.ts';

const BUNDLE = fileURLToPath(new URL('../../pipe/dist/pipe.mjs', import.meta.url));
const CONNECTION = '8c7b6a59-4837-4261-8504-f3e2d1c0b999';

/**
 * Moments from before a run's first line until after its last, milliseconds. A whole run takes about a tenth of a
 * second.
 */
const MOMENTS = Array.from({ length: 20 }, (_, index) => index * 8);

describe('a run that is interrupted at any moment', function () {
  this.timeout(120_000);
  let emulator: EmulatorProcess;

  before(async () => {
    emulator = await startEmulatorProcess();
  });
  after(() => emulator?.stop());

  it("leaves the pipe's whole environment file or none, and the next run works", async () => {
    for (const moment of MOMENTS) {
      const step = new BitbucketStep({
        oidcToken: await emulator.control.mint('bitbucket'),
        issuedSecrets: emulator.control.secretValues,
      });
      try {
        const run = (terminateAfterMs?: number) =>
          step.runPipe({
            bundle: BUNDLE,
            node: NODE_24,
            variables: {
              AWS_OIDC_ROLE_ARN: ROLE,
              AWS_DEFAULT_REGION: 'eu-west-1',
              STS_ENDPOINT: emulator.ready.sts,
            },
            ...(terminateAfterMs === undefined ? {} : { terminateAfterMs }),
          });
        const output = () => step.files().filter((file) => file.path.startsWith('.aws-oidc'));
        const whole = () => {
          const names = output().map((file) => file.path);
          assert.deepEqual(names, ['.aws-oidc', '.aws-oidc/.gitignore', '.aws-oidc/env']);
          assert.match(
            step.text('.aws-oidc/env'),
            /\nexport AWS_SESSION_TOKEN=.*\n[\s\S]*\nexport AWS_REGION='eu-west-1'\n/,
          );
        };

        const result = await run(moment);
        const leftovers = output().map((file) => file.path);
        if (result.exitCode === 1) assert.deepEqual(leftovers, [], `ended after ${moment} ms: ${result.stderr}`);
        // A signal may also arrive before the program listens, or after it has finished its work.
        if (result.exitCode === 0 || leftovers.length > 0) whole();

        const again = await run();
        assert.equal(again.exitCode, 0, again.stderr);
        whole();
      } finally {
        step.dispose();
      }
    }
  });

  it("sets all the task's variables or none, and the next run works", async () => {
    const task = unpackTask();
    try {
      for (const moment of MOMENTS) {
        const agent = new AzureAgent({
          ...jobOf(emulator.ready),
          handler: 'Node24',
          serviceConnections: { [CONNECTION]: { name: 'aws-deploy', type: 'Generic', url: 'https://aws.amazon.com/' } },
          issuedSecrets: emulator.control.secretValues,
        });
        try {
          const run = (cancelAfterMs?: number) =>
            agent.runTask({
              folder: task.folder,
              inputs: {
                serviceConnection: CONNECTION,
                roleArn: ROLE,
                region: 'eu-west-1',
                stsEndpoint: emulator.ready.sts,
              },
              ...(cancelAfterMs === undefined ? {} : { cancelAfterMs }),
            });
          const result = await run(moment);
          const set = credentialVariables(result);
          if (set.length > 0) assert.deepEqual(set, ALL, `ended after ${moment} ms: ${result.log.join('\n')}`);
          const again = await run();
          assert.equal(again.result, 'Succeeded', again.log.join('\n'));
          assert.deepEqual(credentialVariables(again), ALL);
        } finally {
          agent.dispose();
        }
      }
    } finally {
      task.remove();
    }
  });
});

const ALL = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

function credentialVariables({ commands }: StepResult): string[] {
  return commands
    .filter(({ event, data }) => event === 'setvariable' && data !== '')
    .map(({ properties }) => properties['variable'] ?? '')
    .filter((name) => ALL.includes(name))
    .sort();
}
