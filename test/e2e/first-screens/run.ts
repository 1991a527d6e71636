import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CleanUps } from '../../faults/scene.ts';
import {
  AzureAgent,
  BitbucketStep,
  type EmulatorProcess,
  jobOf,
  NODE_24,
  startEmulatorProcess,
} from '../../support/index.ts';
import { REGION_HOST } from './proxy.ts';
import { ACCOUNT, type Addresses, type Scene, type Setup } from './scene.ts';
import { type FirstScreen, screenOfPipe, screenOfTask } from './screen.ts';
import {
  AZURE_ISSUER,
  BITBUCKET_ISSUER,
  CONNECTION,
  ENVIRONMENT,
  ORGANIZATION_ID,
  REPOSITORY,
  STEP,
  WORKSPACE_UUID,
} from './setups.ts';

const BUNDLE = fileURLToPath(new URL('../../../pipe/dist/pipe.mjs', import.meta.url));
const POLICY_FILE = 'trust.json';

/** Runs the built program of a scene in a setup. @param taskFolder folder of the unpacked task */
export async function runIn(setup: Setup, program: Scene['program'], taskFolder: string): Promise<FirstScreen> {
  const cleanUps = new CleanUps();
  try {
    const emulator = await startEmulatorProcess({
      config: configuration(setup),
      https: true,
      args: ['--tls-name', REGION_HOST],
    });
    cleanUps.add(() => emulator.stop());
    await emulator.control.setFaults(setup.faults ?? []);
    const folder = mkdtempSync(path.join(tmpdir(), 'first-screen-'));
    cleanUps.add(() => rmSync(folder, { recursive: true, force: true }));
    const { sts, https, ca = '' } = emulator.ready;
    const addresses: Addresses = {
      sts,
      https: { sts: https?.sts ?? '', ca },
      folder,
      after: (cleanUp) => cleanUps.add(cleanUp),
    };
    const options = { ...setup.options, ...(await setup.addressed?.(addresses)) };
    return program === 'pipe'
      ? await runPipe({ ...setup, options }, emulator, cleanUps)
      : await runTask({ ...setup, options }, emulator, { taskFolder, folder, cleanUps });
  } finally {
    await cleanUps.run();
  }
}

function configuration({ aws, connection, isUnreferenced }: Setup) {
  const { providers, statements, maxSessionDuration = 3600 } = aws;
  const trustPolicy = trustPolicyOf(statements);
  const name = connection ?? 'aws-deploy';
  return {
    accounts: { [ACCOUNT]: { oidcProviders: providers, roles: { deploy: { trustPolicy, maxSessionDuration } } } },
    bitbucket: {
      issuer: `https://${BITBUCKET_ISSUER}`,
      workspace: 'acme',
      workspaceUuid: WORKSPACE_UUID,
      repositoryUuid: REPOSITORY.slice(1, -1),
    },
    azureDevOps: {
      issuer: `https://${AZURE_ISSUER}`,
      organization: 'acme',
      organizationId: ORGANIZATION_ID,
      project: 'shop',
      serviceConnections: isUnreferenced ? {} : { [CONNECTION]: name },
    },
  };
}

function trustPolicyOf(statements: Setup['aws']['statements']) {
  return { Version: '2012-10-17', Statement: statements };
}

async function runPipe(setup: Setup, { ready, control }: EmulatorProcess, cleanUps: CleanUps): Promise<FirstScreen> {
  const { options, aws, hasPolicyFile, hasToken = true } = setup;
  const step = new BitbucketStep({
    ...(hasToken ? { oidcToken: await control.mint('bitbucket', claimsOf(setup)) } : {}),
    issuedSecrets: control.secretValues,
  });
  cleanUps.add(() => step.dispose());
  if (hasPolicyFile)
    writeFileSync(path.join(step.cloneFolder, POLICY_FILE), JSON.stringify(trustPolicyOf(aws.statements)));
  const { exitCode, stdout, stderr } = await step.runPipe({
    bundle: BUNDLE,
    node: NODE_24,
    variables: {
      STS_ENDPOINT: ready.sts,
      ...(hasPolicyFile ? { TRUST_POLICY_FILE: POLICY_FILE } : {}),
      ...options,
    },
  });
  return screenOfPipe(exitCode, stdout, stderr);
}

function claimsOf({ isDeployment, issuerClock }: Setup): Record<string, unknown> {
  const sub = isDeployment ? `${REPOSITORY}:${ENVIRONMENT}:${STEP}` : `${REPOSITORY}:${STEP}`;
  if (issuerClock === undefined) return { sub };
  const iat = Math.floor(Date.now() / 1000) + issuerClock;
  return { sub, iat, exp: iat + 3600 };
}

interface TaskPlaces {
  readonly taskFolder: string;
  readonly folder: string;
  readonly cleanUps: CleanUps;
}

async function runTask(
  setup: Setup,
  { ready, control }: EmulatorProcess,
  { taskFolder, folder, cleanUps }: TaskPlaces,
): Promise<FirstScreen> {
  const { options, aws, hasPolicyFile, connection } = setup;
  const agent = new AzureAgent({
    ...jobOf(ready),
    ...(connection === undefined
      ? {}
      : {
          serviceConnections: { [CONNECTION]: { name: connection, type: 'Generic', url: 'https://aws.amazon.com/' } },
        }),
    issuedSecrets: control.secretValues,
  });
  cleanUps.add(() => agent.dispose());
  const file = path.join(folder, POLICY_FILE);
  if (hasPolicyFile) writeFileSync(file, JSON.stringify(trustPolicyOf(aws.statements)));
  const { result, log } = await agent.runTask({
    folder: taskFolder,
    inputs: { stsEndpoint: ready.sts, ...(hasPolicyFile ? { trustPolicyFile: file } : {}), ...options },
  });
  return screenOfTask(result === 'Succeeded', log);
}
