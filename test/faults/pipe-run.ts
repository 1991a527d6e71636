import { fileURLToPath } from 'node:url';
import type { EmulatorProcess } from '../support/emulator-process.ts';
import { BitbucketStep, NODE_24 } from '../support/index.ts';
import type { Fault, Observed, OptionName } from './fault.ts';
import { Canceller, CleanUps, callsOf, nodeStartedBy, optionsOf } from './scene.ts';

const BUNDLE = fileURLToPath(new URL('../../pipe/dist/pipe.mjs', import.meta.url));

const VARIABLES: Readonly<Record<OptionName, string>> = {
  durationSeconds: 'DURATION_SECONDS',
  expose: 'EXPOSE',
  maxAttempts: 'MAX_ATTEMPTS',
  profile: 'PROFILE',
  roleArn: 'AWS_OIDC_ROLE_ARN',
  sessionPolicy: 'SESSION_POLICY',
  stsEndpoint: 'STS_ENDPOINT',
  stsFallbackRegions: 'STS_FALLBACK_REGIONS',
  timeoutSeconds: 'TIMEOUT_SECONDS',
};

/**
 * Runs a step of Bitbucket Pipelines with a fault.
 *
 * @param image for faults of the image
 * @throws Error if its output or files contain a secret
 */
export async function runPipe(fault: Fault, emulator: EmulatorProcess, image: string | undefined): Promise<Observed> {
  const cleanUps = new CleanUps();
  try {
    const { control } = emulator;
    const token = (await fault.token?.(emulator)) ?? (await control.mint('bitbucket'));
    const step = new BitbucketStep({
      oidcToken: token,
      issuedSecrets: control.secretValues,
    });
    cleanUps.add(() => step.dispose());
    const after = (cleanUp: () => unknown) => cleanUps.add(cleanUp);
    const arrangement = (await fault.arrange?.({ emulator, folder: step.cloneFolder, token, after })) ?? {};
    await control.setFaults(arrangement.rules ?? []);
    cleanUps.add(() => control.clearFaults());
    await control.clearRequests();

    const { shell, environment, dockerArguments = [], cancel } = arrangement;
    const node = shell === undefined ? NODE_24 : nodeStartedBy(shell, NODE_24, cleanUps);
    const options = optionsOf(arrangement, emulator);
    const canceller = new Canceller(cancel, emulator);
    cleanUps.add(() => canceller.stop());
    const before = new Set(step.files().map(({ path }) => path));
    const begun = performance.now();
    const { exitCode, stdout, stderr } = await step.runPipe({
      ...(image === undefined ? { bundle: BUNDLE, node } : { image, dockerArguments }),
      variables: {
        AWS_DEFAULT_REGION: 'eu-west-1',
        ...Object.fromEntries(options.map(([name, value]) => [VARIABLES[name], value])),
        ...environment,
      },
      signal: canceller.signal,
      onOutput: canceller.onOutput,
    });
    const milliseconds = performance.now() - begun;

    step.verify();
    return {
      outcome: /^✖ (\w+): /m.exec(stderr)?.[1] ?? (exitCode === 0 ? 'survived' : 'failed without a word'),
      exit: `exit status ${exitCode}`,
      calls: await callsOf(emulator),
      milliseconds,
      timeLimit: 1000 * Number(Object.fromEntries(options)['timeoutSeconds']),
      output: `${stdout}\n${stderr}`,
      leftovers: step
        .files()
        .map(({ path }) => path)
        .filter((path) => !before.has(path)),
      secretsFound: step.secrets.search([
        { name: 'standard output', text: stdout },
        { name: 'standard error', text: stderr },
      ]).length,
    };
  } finally {
    await cleanUps.run();
  }
}
