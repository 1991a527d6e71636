import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { awsOidc, type Environment, ROLE } from './aws-oidc.ts';

const ACCESS_TOKEN = randomBytes(24).toString('hex');
const TOKEN_PATH = '/acme/p/_apis/distributedtask/hubs/build/plans/1/jobs/2/oidctoken';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** A token service that answers every request with 503 and records what it received. */
class BusyTokenService {
  readonly requests: Received[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.requests.push({ path: request.url ?? '', headers: request.headers });
      response.writeHead(503).end();
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  stop(): void {
    this.#server.close();
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
}

describe('the token request of aws-oidc', () => {
  let service: BusyTokenService;

  beforeEach(async () => {
    service = new BusyTokenService();
    await service.start();
  });
  afterEach(() => service.stop());

  const azure = (): Environment => ({
    TF_BUILD: 'True',
    SYSTEM_OIDCREQUESTURI: `${service.origin}${TOKEN_PATH}`,
    SYSTEM_ACCESSTOKEN: ACCESS_TOKEN,
    SYSTEM_COLLECTIONURI: 'https://dev.azure.com/acme/',
    ENDPOINT_URL_SYSTEMVSSCONNECTION: `${service.origin}/acme/`,
  });
  const gitHub = (): Environment => ({
    GITHUB_ACTIONS: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: `${service.origin}/token`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: ACCESS_TOKEN,
  });

  for (const { name, env } of [
    { name: 'Azure Pipelines', env: azure },
    { name: 'GitHub Actions', env: gitHub },
  ]) {
    for (const attempts of [1, 2]) {
      it(`is sent at most ${attempts} times with --max-attempts ${attempts} (${name})`, async () => {
        const args = ['--role-arn', ROLE, '--region', 'eu-west-1', '--max-attempts', String(attempts)];
        const { status, stderr } = await awsOidc(['exec', ...args, '--', 'true'], { env: env() });
        assert.equal(status, 1);
        assert.match(stderr, /^✖ ServiceFault/);
        assert.equal(service.requests.length, attempts);
      });
    }
  }

  const services = 'https://dev.azure.com/acme/';
  for (const { name, env } of [
    {
      name: 'a listener on this machine that an earlier step set',
      env: () => ({ ...azure(), ENDPOINT_URL_SYSTEMVSSCONNECTION: services }),
    },
    {
      name: 'that listener when the agent names no server',
      env: () => ({ ...azure(), ENDPOINT_URL_SYSTEMVSSCONNECTION: '' }),
    },
    {
      name: 'another call of the server of the job',
      env: () => ({ ...azure(), SYSTEM_OIDCREQUESTURI: `${service.origin}/acme/shop/_apis/pipelines/5/runs` }),
    },
  ]) {
    for (const command of ['inspect', 'exec'] as const) {
      it(`does not send the access token to ${name} (${command})`, async () => {
        const args =
          command === 'inspect' ? [command] : [command, '--role-arn', ROLE, '--region', 'eu-west-1', '--', 'true'];
        const { status, stdout, stderr } = await awsOidc(args, { env: env() });
        assert.equal(service.requests.length, 0);
        assert.notEqual(status, 0);
        assert.match(stderr, /^✖ InvalidOptions[\s\S]*SYSTEM_OIDCREQUESTURI/);
        assert.ok(!`${stdout}${stderr}`.includes(ACCESS_TOKEN));
      });
    }
  }

  it("fails doctor's check if the access token must not be sent there", async () => {
    const { status, stdout } = await awsOidc(['doctor'], {
      env: { ...azure(), ENDPOINT_URL_SYSTEMVSSCONNECTION: services },
    });
    assert.equal(status, 1);
    assert.match(stdout, /^fail token +InvalidOptions: SYSTEM_OIDCREQUESTURI is http:/m);
    assert.match(stdout, /^ok +environment/m);
    assert.equal(service.requests.length, 0);
  });
});
