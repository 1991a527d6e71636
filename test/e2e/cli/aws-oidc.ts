/** The built command line as a child process, and the environments that CI systems give their jobs. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type EmulatorProcess, SecretWatch } from '../../support/index.ts';

export const BUNDLE = fileURLToPath(new URL('../../../packages/cli/dist/aws-oidc.mjs', import.meta.url));
export const ROLE = 'arn:aws:iam::123456789012:role/deploy';
/** The emulator's default service connection, aws-deploy. */
export const CONNECTION = '8c7b6a59-4837-4261-8504-f3e2d1c0b999';
export const STEP = '1f0c9a2b-1111-4222-8333-444455556666';

export type Environment = Readonly<Record<string, string>>;

export interface RunOptions {
  readonly env?: Environment;
  readonly stdin?: string;
  /** Closes the reading end of standard error, so that writing to it fails. */
  readonly errorsUnread?: true;
  /** Called with the process id after this text was printed to standard output. */
  readonly when?: { readonly printed: string; readonly act: (pid: number) => void };
}

export interface Ran {
  /** Undefined if a signal ended it. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program with no variables of this process except the path. */
export function awsOidc(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BUNDLE, ...args], {
      env: { PATH: process.env['PATH'] ?? '', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let acted = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const { when } = options;
      if (when === undefined || acted || !stdout.includes(when.printed)) return;
      acted = true;
      when.act(child.pid ?? 0);
    });
    if (options.errorsUnread) child.stderr.destroy();
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ status: code ?? undefined, stdout, stderr }));
    // A program that does not read its input closes the pipe.
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin ?? '');
  });
}

/** A step of Bitbucket Pipelines with `oidc: true`. */
export async function bitbucketStep(
  { control }: EmulatorProcess,
  claims: Readonly<Record<string, unknown>> = {},
  environment?: string,
): Promise<Environment> {
  const options = { stepUuid: STEP, ...(environment === undefined ? {} : { environment }) };
  return {
    BITBUCKET_STEP_OIDC_TOKEN: await control.mint('bitbucket', claims, options),
    BITBUCKET_WORKSPACE: 'acme',
    BITBUCKET_REPO_SLUG: 'shop',
    BITBUCKET_BUILD_NUMBER: '42',
    BITBUCKET_STEP_UUID: `{${STEP}}`,
    BITBUCKET_BRANCH: 'main',
  };
}

/** A script step of Azure Pipelines that maps its access token. The agent names the job's server. */
export function azureScript({ ready }: EmulatorProcess): Environment {
  return {
    TF_BUILD: 'True',
    SYSTEM_OIDCREQUESTURI: ready.oidcRequestUri,
    SYSTEM_ACCESSTOKEN: ready.accessToken,
    SYSTEM_COLLECTIONURI: 'https://dev.azure.com/acme/',
    ENDPOINT_URL_SYSTEMVSSCONNECTION: `${new URL(ready.oidcRequestUri).origin}/acme/`,
    SYSTEM_TEAMPROJECT: 'shop',
    BUILD_BUILDID: '4711',
    SYSTEM_JOBID: '12f1170f-54f2-53f3-20dd-22fc7dff55f9',
    BUILD_SOURCEBRANCH: 'refs/heads/main',
    BUILD_SOURCEBRANCHNAME: 'main',
  };
}

/** A job of GitHub Actions with `id-token: write`. */
export function gitHubJob({ ready }: EmulatorProcess): Environment {
  return {
    GITHUB_ACTIONS: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: ready.github.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: ready.github.requestToken,
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_RUN_ID: '987654',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
  };
}

/** Checks that the output contains no secret that the emulator ever issued. */
export async function assertNoSecrets({ control }: EmulatorProcess, ...runs: readonly Ran[]): Promise<void> {
  const watch = new SecretWatch();
  const secrets = await control.secretValues();
  if (secrets.length === 0) throw new Error('nothing secret was given out: the search would prove nothing');
  watch.add(...secrets);
  for (const { stdout, stderr } of runs) {
    watch.assertClean({ name: 'standard output', text: stdout }, { name: 'standard error', text: stderr });
  }
}
