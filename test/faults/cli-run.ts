import { awsOidc, bitbucketStep, type Ran } from '../e2e/cli/aws-oidc.ts';
import type { EmulatorProcess } from '../support/emulator-process.ts';
import type { Fault, OptionName } from './fault.ts';
import { CleanUps, optionsOf, temporaryFolder } from './scene.ts';

/** Flags of the command line. Undefined: the command line has no such option. */
const FLAGS: Readonly<Record<OptionName, string | undefined>> = {
  durationSeconds: '--duration-seconds',
  expose: undefined,
  maxAttempts: '--max-attempts',
  profile: undefined,
  roleArn: '--role-arn',
  sessionPolicy: '--session-policy',
  stsEndpoint: '--sts-endpoint',
  stsFallbackRegions: '--sts-fallback-regions',
  timeoutSeconds: '--timeout-seconds',
};

/**
 * Runs the built command line in a step of Bitbucket Pipelines with this fault.
 * @param command words before and after the options
 * @returns undefined if only a container can have the fault
 */
export async function runCli(
  fault: Fault,
  emulator: EmulatorProcess,
  command: readonly [before: readonly string[], after: readonly string[]],
): Promise<Ran | undefined> {
  const cleanUps = new CleanUps();
  try {
    const { control } = emulator;
    const token = (await fault.token?.(emulator)) ?? (await control.mint('bitbucket'));
    const folder = temporaryFolder(cleanUps);
    const after = (cleanUp: () => unknown) => cleanUps.add(cleanUp);
    const arrangement = (await fault.arrange?.({ emulator, folder, token, after })) ?? {};
    if (arrangement.dockerArguments !== undefined) return undefined;
    await control.setFaults(arrangement.rules ?? []);
    cleanUps.add(() => control.clearFaults());
    const options = optionsOf(arrangement, emulator).flatMap(([name, value]) => {
      const flag = FLAGS[name];
      return flag === undefined ? [] : [`${flag}=${value}`];
    });
    const env = { ...(await bitbucketStep(emulator)), BITBUCKET_STEP_OIDC_TOKEN: token, AWS_REGION: 'eu-west-1' };
    const [words, operands] = command;
    return await awsOidc([...words, ...options, ...operands], { env: { ...env, ...arrangement.environment } });
  } finally {
    await cleanUps.run();
  }
}
