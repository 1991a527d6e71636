import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  NAME,
  requestToken,
  requireUri,
  runOfJob,
  TASK_WORDS,
  type TokenRequest,
} from '@aws-oidc-assume/ci-systems/azure-pipelines';
import {
  type CiSystem,
  Failure,
  type IdentityToken,
  type KnownRun,
  type Log,
  type Options,
  type Published,
  printable,
  type RetryLimits,
  Secret,
  type Session,
  type TokenRuntime,
} from '@aws-oidc-assume/shared';
import type { AgentNetwork } from './agent/agent-network.ts';
import type { Inputs } from './agent/inputs.ts';
import type { TaskHost } from './agent/task-host.ts';
import type { Program, Renewal } from './expose/job-mode.ts';
import { type ExposeModeName, modeNamed } from './expose/modes.ts';
import type { RenewalState } from './expose/renewal-state.ts';
import { setForLaterSteps, setOutputs } from './publish/job-variables.ts';
import { LEFT_PROGRAMS, ProfileFolder, tempDirectoryOf } from './publish/profile-folder.ts';
import { summaryOf, uploadSummary } from './publish/summary.ts';

/** A job of Azure Pipelines as the task sees it. */
export class AzurePipelines implements CiSystem<ExposeModeName> {
  readonly name = NAME;
  /** Every request returns a new token, which is valid for minutes. */
  readonly renewsToken = true;
  readonly log: Log;
  readonly #host: TaskHost;
  readonly #inputs: Inputs;
  readonly #network: AgentNetwork;
  readonly #runtime: TokenRuntime;
  #token: IdentityToken | undefined;
  knownRun: KnownRun | undefined;

  constructor(host: TaskHost, inputs: Inputs, network: AgentNetwork, runtime: TokenRuntime) {
    this.#host = host;
    this.#inputs = inputs;
    this.#network = network;
    this.#runtime = runtime;
    this.log = runtime.log;
  }

  async identityToken(limits: RetryLimits): Promise<IdentityToken> {
    const token = await requestToken(this.#tokenRequest(), TASK_WORDS, limits, this.#runtime);
    this.log.mask(new Secret(token.reveal()));
    if (this.#token === undefined) this.#reportSubject(token);
    this.#token = token;
    return token;
  }

  run(token: IdentityToken): KnownRun {
    this.knownRun = runOfJob((name) => this.#host.variable(name), token);
    return this.knownRun;
  }

  async publish(
    sessions: readonly [Session, ...Session[]],
    options: Options<ExposeModeName>,
    timeLeft: () => number,
  ): Promise<Published> {
    const [first] = sessions;
    const temp = tempDirectoryOf((name) => this.#host.variable(name));
    const secret = new Secret(this.#tokenRequest().accessToken);
    const folder = new ProfileFolder({ temp, prefix: options.variablePrefix }, secret, timeLeft);
    const mode = modeNamed(options.expose);
    const context = { sessions, options, folder: folder.path, later: this.#host, renewal: this.#renewal(options) };
    const files = mode.files(context);
    const warnings = [...mode.warnings(context)];
    if (files.length > 0) {
      const report = await folder.publish(files);
      warnings.push(...report.warnings);
      this.#host.command('task.settaskvariable', { variable: 'leftFolder', issecret: 'false' }, folder.path);
    }
    const variables = mode.variables(context);
    const conflicts = mode.conflicts(context);
    const published = setForLaterSteps(
      { variables, conflicts, warnings, lines: mode.lines(context) },
      this.#host,
      this.log,
    );
    setOutputs(
      {
        accountId: first.credentials.accountId,
        assumedRoleArn: first.credentials.assumedRoleArn,
        expiration: first.credentials.expiration.toISOString(),
      },
      this.#host,
    );
    if (this.#inputs.settings.jobSummary) {
      await uploadSummary(summaryOf({ sessions, options, token: this.#token }), this.#host, this.log);
    }
    return published;
  }

  /** @throws Failure `TokenUnavailable` */
  #tokenRequest(): TokenRequest {
    const uri = requireUri(this.#host.variable('System.OidcRequestUri'), TASK_WORDS);
    const { url: server, accessToken } = this.#host.server;
    if (!accessToken) {
      throw new Failure(
        'TokenUnavailable',
        'The agent gave the task no access token of its own connection (SystemVssConnection).',
        { changes: ['Run the task on an agent of Azure Pipelines.'] },
      );
    }
    const { serviceConnectionId, tokenHosts } = this.#inputs.settings;
    return {
      uri,
      accessToken,
      server,
      moreHosts: tokenHosts,
      planId: this.#host.variable('System.PlanId'),
      jobId: this.#host.variable('System.JobId'),
      serviceConnectionId,
    };
  }

  #reportSubject(token: IdentityToken): void {
    const subject = printable(token.subject ?? '(none)', 300);
    const holder = this.#inputs.settings.serviceConnectionId === undefined ? 'the pipeline' : 'the service connection';
    this.log.debug(`The trust policy of the role must name the subject of ${holder}: ${subject}`);
    if (/^https:\/\/(?:login\.microsoftonline\.|sts\.windows\.net)/.test(token.issuer ?? '')) {
      this.log.warning(
        'The token of this service connection comes from Microsoft Entra, not from Azure DevOps: the provider, audience and subject in IAM must be those of Entra. For a token of Azure DevOps, use a connection without workload identity federation, or none.',
      );
    }
  }

  #renewal({ endpointVariant }: Options): Renewal {
    if (this.knownRun === undefined) throw new Error('the run is known before its role is assumed');
    const { raw } = this.#inputs;
    const policy = raw.trustPolicyFile;
    const [program, ...libraries] = LEFT_PROGRAMS;
    const state: RenewalState = {
      version: 1,
      raw: { ...raw, trustPolicyFile: { ...policy, value: absolutePath(policy.value) } },
      endpointVariant,
      run: this.knownRun,
      token: this.#tokenRequest(),
      network: this.#network,
    };
    return {
      node: process.execPath,
      platform: process.platform,
      state: JSON.stringify(state),
      programs: [siblingProgram(program), ...libraries.map(siblingProgram)],
      id: randomBytes(6).toString('hex'),
    };
  }
}

/** A file next to the running program. */
function siblingProgram(name: string): Program {
  return { name, read: () => readFileSync(path.join(__dirname, name)) };
}

/** Makes the path absolute, because a later step may work in another folder. */
function absolutePath(file: Inputs['raw']['trustPolicyFile']['value']) {
  return typeof file === 'string' && file !== '' ? path.resolve(file) : file;
}
