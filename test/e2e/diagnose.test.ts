import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { FaultRule, ListedRequest } from '../support/emulator-process.ts';
import {
  AzureAgent,
  BitbucketStep,
  type EmulatorProcess,
  jobOf,
  NODE_24,
  startEmulatorProcess,
  type UnpackedTask,
  unpackTask,
} from '../support/index.ts';

const PIPE = fileURLToPath(new URL('../../pipe/dist/pipe.mjs', import.meta.url));
const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const CONNECTION = '8c7b6a59-4837-4261-8504-f3e2d1c0b999';
/** Longest report of a failure, with its details. */
const LIMIT = 20;

/** Answer of AWS that leaves the cause open. */
const UNVERIFIED = "Couldn't retrieve verification key from your identity provider, please reference the documentation";
const keysUnreachable: FaultRule = {
  match: { endpoint: 'sts' },
  fault: { code: 'InvalidIdentityToken', message: UNVERIFIED },
};
const noDiscovery: FaultRule = { match: { endpoint: 'discovery' }, fault: { status: 503 } };
const slowClock: FaultRule = {
  match: { endpoint: 'sts' },
  fault: { headers: { date: new Date(Date.now() + 3_600_000).toUTCString() } },
};

interface Report {
  /** Lines of the report; the first has the cause. */
  readonly lines: readonly string[];
  /** Requests to the issuer. */
  readonly issuerRequests: readonly ListedRequest[];
}

describe('checks after a failure', function () {
  this.timeout(60_000);
  let emulator: EmulatorProcess;
  let task: UnpackedTask;
  before(async () => {
    emulator = await startEmulatorProcess();
    task = unpackTask();
  });
  after(async () => {
    task?.remove();
    await emulator?.stop();
  });
  afterEach(() => emulator.control.clearFaults());

  async function askedIssuer(): Promise<readonly ListedRequest[]> {
    const requests = await emulator.control.requests();
    // The emulator's STS asks as well, with Node's fetch.
    return requests.filter(({ endpoint, userAgent }) => endpoint === 'discovery' && userAgent !== 'node');
  }

  const programs = {
    pipe: async (options: Readonly<Record<string, string>>, faults: readonly FaultRule[]): Promise<Report> => {
      const step = new BitbucketStep({
        oidcToken: await emulator.control.mint('bitbucket'),
        issuedSecrets: emulator.control.secretValues,
      });
      await emulator.control.setFaults(faults);
      await emulator.control.clearRequests();
      const variables = {
        AWS_OIDC_ROLE_ARN: options['roleArn'] ?? ROLE,
        AWS_DEFAULT_REGION: 'eu-west-1',
        STS_ENDPOINT: emulator.ready.sts,
        MAX_ATTEMPTS: '1',
        DIAGNOSE: options['diagnose'] ?? '',
      };
      const { exitCode, stderr } = await step.runPipe({ bundle: PIPE, node: NODE_24, variables });
      assert.equal(exitCode, 1, stderr);
      step.verify();
      step.dispose();
      return { lines: stderr.trimEnd().split('\n'), issuerRequests: await askedIssuer() };
    },
    task: async (options: Readonly<Record<string, string>>, faults: readonly FaultRule[]): Promise<Report> => {
      const agent = new AzureAgent({
        ...jobOf(emulator.ready),
        serviceConnections: { [CONNECTION]: { name: 'aws-deploy', type: 'Generic', url: 'https://aws.amazon.com/' } },
      });
      await emulator.control.setFaults(faults);
      await emulator.control.clearRequests();
      const usual = { serviceConnection: CONNECTION, roleArn: ROLE, region: 'eu-west-1', maxAttempts: '1' };
      const inputs = { ...usual, stsEndpoint: emulator.ready.sts, ...options };
      const { result, log, issues } = await agent.runTask({ folder: task.folder, inputs });
      agent.dispose();
      assert.equal(result, 'Failed');
      const [{ message = '' } = {}] = issues.filter(({ type }) => type === 'error');
      const start = log.findIndex((line) => line.includes(message));
      return { lines: [message, ...log.slice(start + 1)], issuerRequests: await askedIssuer() };
    },
  };

  for (const [name, run] of Object.entries(programs)) {
    describe(name, () => {
      it('send nothing by default, and name the option that does', async () => {
        const { lines, issuerRequests } = await run({}, [keysUnreachable, noDiscovery]);
        assert.deepEqual(issuerRequests, []);
        assert.match(lines[0] ?? '', /^(?:✖ )?KeysUnreachable: AWS (?:couldn't|could not) fetch the signing keys/);
        assert.match(
          lines.join('\n'),
          /With (?:DIAGNOSE: 'true'|diagnose: true), a failed run also checks the issuer's keys/,
        );
      });

      it('make the issuer that does not answer the cause', async () => {
        const { lines, issuerRequests } = await run({ diagnose: 'true' }, [keysUnreachable, noDiscovery]);
        assert.equal(issuerRequests.length, 1);
        assert.match(
          lines[0] ?? '',
          /^(?:✖ )?KeysUnreachable: http:\S+openid-configuration cannot be fetched: HTTP 503\./,
        );
        assert.match(lines.join('\n'), /Fix: Look at the status page of the CI system/);
        assert.ok(lines.length <= LIMIT, lines.join('\n'));
      });

      it('report what is in order last', async () => {
        const { lines } = await run({ roleArn: `${ROLE}-x`, diagnose: 'true' }, []);
        assert.match(lines[0] ?? '', /^(?:✖ )?AccessDenied: /);
        assert.match(
          lines.join('\n'),
          /\n *checks passed: token, clock, discovery, keys, signature(?:\n##\[endgroup\])?/,
        );
        assert.ok(lines.length <= LIMIT, lines.join('\n'));
      });

      it('compare the clock with the time of the refusal, without a request', async () => {
        const { lines, issuerRequests } = await run({ roleArn: `${ROLE}-x` }, [slowClock]);
        assert.deepEqual(issuerRequests, []);
        assert.match(lines.join('\n'), /check clock: fail, this machine is 3[56]\d\d s behind STS\. Fix the clock/);
        assert.ok(lines.length <= LIMIT, lines.join('\n'));
      });
    });
  }
});
