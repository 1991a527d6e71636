/**
 * AWS for the recipes, behind a proxy that has its host names. S3 and SQS are fauxqs, the registry is Debian's docker-registry,
 * STS is the emulator. IAM, CloudFormation, CloudFront, ECR's API and the Parameter Store are stand-ins of this folder.
 * A job's call goes on only if the permissions of its role allow it, as the templates write them.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type EmulatorProcess, type ListedSession, startEmulatorProcess } from '../../../support/emulator-process.ts';
import { pathWithAwsCli } from './aws-cli.ts';
import { ACCOUNT, type Answer, type Call, type Needed, REGION, type Service, ServiceError } from './call.ts';
import { ADMIN, callingRole, isSignedByAdmin } from './callers.ts';
import { CloudFormation } from './cloudformation.ts';
import { CloudFront } from './cloudfront.ts';
import { CloudTrail } from './cloudtrail.ts';
import { Ecr, Registry } from './ecr.ts';
import { Eks, Kubernetes } from './eks.ts';
import { HashiCorp } from './hashicorp.ts';
import { Iam } from './iam.ts';
import { actionsOf, isAllowed } from './permissions.ts';
import { type Program, startFauxqs, startRegistry } from './programs.ts';
import { type AwsProxy, startProxy } from './proxy.ts';
import { S3 } from './s3.ts';
import { Sqs } from './sqs.ts';
import { Ssm } from './ssm.ts';
import { STS_HOSTS, Sts } from './sts.ts';

/** A call of a job, and whether its role's permissions allowed it. */
export interface Recorded extends Needed {
  readonly role: string;
  readonly allowed: boolean;
}

interface ShellOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface CloudParts {
  readonly folder: string;
  readonly searchPath: string;
  readonly fauxqs: Program;
}

export class Cloud {
  readonly iam = new Iam();
  readonly cloudFront = new CloudFront();
  readonly ecr = new Ecr();
  readonly ssm = new Ssm();
  readonly kubernetes = new Kubernetes((call) => this.#callingRole(call));
  readonly hashiCorp: HashiCorp;
  readonly #eks = new Eks();
  readonly formation: CloudFormation;
  readonly recorded: Recorded[] = [];
  /** Errors in the answers of the services, and unknown calls. */
  readonly faults: string[] = [];
  readonly folder: string;
  /** PATH with an AWS CLI. */
  readonly path: string;
  readonly #sts = new Sts();
  readonly #services: Service[];
  #registry: Registry | undefined;
  readonly #programs: Program[];
  #proxy: AwsProxy | undefined;
  #emulator: EmulatorProcess | undefined;

  static async start(): Promise<Cloud> {
    const folder = mkdtempSync(path.join(tmpdir(), 'cloud-'));
    const searchPath = pathWithAwsCli(folder);
    const cloud = new Cloud({ folder, searchPath, fauxqs: await startFauxqs() });
    const proxy = await startProxy((call) => cloud.#answer(call));
    writeFileSync(cloud.caFile, proxy.ca);
    cloud.#eks.ca = proxy.ca;
    cloud.#proxy = proxy;
    return cloud;
  }

  private constructor({ folder, searchPath, fauxqs }: CloudParts) {
    this.folder = folder;
    this.path = searchPath;
    this.hashiCorp = new HashiCorp(folder);
    this.#programs = [fauxqs];
    const s3 = new S3(fauxqs.port);
    const { iam, cloudFront, ecr, ssm } = this;
    this.formation = new CloudFormation({ iam, s3, cloudFront, ecr, ssm });
    const others = [
      iam,
      s3,
      new Sqs(fauxqs.port),
      ecr,
      ssm,
      this.formation,
      this.#eks,
      this.kubernetes,
      new CloudTrail(),
      this.hashiCorp,
    ];
    this.#services = [...others, cloudFront, this.#sts];
  }

  get caFile(): string {
    return path.join(this.folder, 'ca.pem');
  }

  get proxyUrl(): string {
    return this.#proxy?.url ?? '';
  }

  /** Network settings for a job: all of AWS under its own names, through the proxy. */
  get network(): Readonly<Record<string, string>> {
    return {
      PATH: this.path,
      HTTPS_PROXY: this.proxyUrl,
      AWS_CA_BUNDLE: this.caFile,
      NODE_EXTRA_CA_CERTS: this.caFile,
      SSL_CERT_FILE: this.caFile,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  /** Environment of the administrator, who has all permissions. */
  get admin(): Readonly<Record<string, string>> {
    return { HOME: this.folder, AWS_PAGER: '', ...this.network, ...ADMIN, AWS_DEFAULT_REGION: REGION };
  }

  /**
   * Runs shell lines as administrator.
   *
   * @returns their output
   */
  async sh(script: string, { cwd, env = {} }: ShellOptions = {}): Promise<string> {
    const options = { cwd, env: { ...this.admin, ...env }, encoding: 'utf8' as const };
    const { stdout } = await promisify(execFile)('sh', ['-euc', script], options);
    return stdout;
  }

  /** Starts the emulator as the STS of an account with the roles and identity providers that are there now. */
  async openDoor(issuers: object): Promise<EmulatorProcess> {
    await this.#emulator?.stop();
    const oidcProviders = [...this.iam.providers].map(([url, clientIds]) => ({ url, clientIds }));
    // This cloud judges the calls of a role by its permissions.
    const roles = [...this.iam.roles].map(([name, { trustPolicy, maxSessionDuration }]) => [
      name,
      { trustPolicy, maxSessionDuration, allowAssumeRole: true },
    ]);
    const accounts = { [ACCOUNT]: { oidcProviders, roles: Object.fromEntries(roles) } };
    const args = STS_HOSTS.flatMap((name) => ['--tls-name', name]);
    this.#emulator = await startEmulatorProcess({ config: { ...issuers, accounts }, https: true, args });
    this.#sts.emulatorPort = Number(new URL(this.#emulator.ready.sts).port);
    return this.#emulator;
  }

  /** Calls of jobs that their roles' permissions do not allow. */
  denied(): readonly Recorded[] {
    return this.recorded.filter(({ allowed }) => !allowed);
  }

  /** Actions in the permissions of a role that no call of a job needed. */
  neverUsed(name: string): readonly string[] {
    const role = this.iam.roles.get(name);
    const used = new Set(this.recorded.filter(({ role: caller }) => caller === name).map(({ action }) => action));
    return role === undefined ? [] : actionsOf(role).filter((action) => !used.has(action));
  }

  async sessions(): Promise<readonly ListedSession[]> {
    return (await this.#emulator?.control.sessions()) ?? [];
  }

  /** Starts ECR's registry. */
  async openRegistry(): Promise<Registry> {
    const program = await startRegistry(this.folder);
    const registry = new Registry(this.ecr, program.port);
    this.#programs.push(program);
    this.#services.push(registry);
    this.#registry = registry;
    return registry;
  }

  async stop(): Promise<void> {
    this.#proxy?.stop();
    for (const { child } of this.#programs) child.kill('SIGTERM');
    await this.#emulator?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #answer(call: Call): Promise<Answer> {
    const service = this.#services.find((one) => one.owns(call.host));
    if (service === undefined) {
      this.faults.push(`nobody answers for ${call.host}`);
      return { status: 501 };
    }
    try {
      await this.#authorize(call, service);
      return await service.answer(call);
    } catch (error) {
      const failure = error instanceof ServiceError ? error : new ServiceError('InternalFailure', String(error), 500);
      const operation = new URLSearchParams(call.body.toString()).get('Action') ?? call.path;
      this.faults.push(`${call.host} ${call.method} ${operation}: ${failure.code}, ${failure.message}`);
      return service.fail(failure);
    }
  }

  /** @throws ServiceError */
  async #authorize(call: Call, service: Service): Promise<void> {
    const needed = service.needs(call);
    if (isSignedByAdmin(call) || (service !== this.#registry && needed.length === 0)) return;
    const role = service === this.#registry ? this.#roleOfPassword(call) : await this.#roleOfSession(call);
    for (const need of needed) {
      const roleEntry = this.iam.roles.get(role);
      const allowed = roleEntry !== undefined && (await isAllowed(role, roleEntry, need));
      this.recorded.push({ role, ...need, allowed });
      if (!allowed)
        throw new ServiceError(
          'AccessDenied',
          `${role} is not authorized to perform: ${need.action} on resource: ${need.resource}`,
          403,
        );
    }
    if (service === this.ecr) this.#passwordRole = role;
  }

  #passwordRole = '';

  #roleOfPassword(call: Call): string {
    if (this.#registry?.admits(call) !== true) throw new ServiceError('UNAUTHORIZED', 'Not Authorized', 401);
    return this.#passwordRole;
  }

  async #roleOfSession(call: Call): Promise<string> {
    const role = await this.#callingRole(call);
    if (role === undefined)
      throw new ServiceError('InvalidClientTokenId', 'The security token included in the request is invalid', 403);
    return role;
  }

  async #callingRole(call: Call): Promise<string | undefined> {
    return this.#emulator === undefined ? undefined : await callingRole(call, this.#emulator.control);
  }
}
