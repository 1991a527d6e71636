import {
  type CiSystem,
  Failure,
  type IdentityToken,
  type Log,
  type Options,
  type Published,
  type RunIdentity,
  Secret,
  type Session,
  type Transport,
} from '@aws-oidc-assume/shared';
import * as tl from 'azure-pipelines-task-lib/task.js';
import { exposeAsEnvironment } from './job-variables.ts';
import { requestToken } from './token-request.ts';

export const EXPOSE_MODES = ['environment'] as const;

/** A job of Azure Pipelines, seen from inside the task. */
export class AzurePipelines implements CiSystem {
  readonly name = 'Azure Pipelines';
  /** Every request gives a new token, good for minutes. */
  readonly renewsToken = true;
  readonly run: RunIdentity;
  readonly log: Log;
  readonly #transport: Transport;

  constructor(log: Log, transport: Transport) {
    this.log = log;
    this.#transport = transport;
    const branch = variable('Build.SourceBranchName');
    this.run = {
      system: 'azure',
      owner: organizationOf(variable('System.CollectionUri')),
      repository: variable('System.TeamProject') ?? '',
      build: variable('Build.BuildId') ?? variable('Release.ReleaseId') ?? '',
      step: variable('System.JobId') ?? '',
      ...(branch === undefined ? {} : { branch }),
    };
  }

  async identityToken(signal: AbortSignal): Promise<IdentityToken> {
    const uri = variable('System.OidcRequestUri');
    if (uri === undefined) {
      throw new Failure(
        'TokenUnavailable',
        'The variable System.OidcRequestUri is not set: this server gives jobs no identity tokens.',
        {
          changes: ['Run the job on Azure DevOps Services; Azure DevOps Server has no such tokens.'],
        },
      );
    }
    // The whole authorization is read, not the one parameter: the library would print that one.
    const accessToken = tl.getEndpointAuthorization('SystemVssConnection', true)?.parameters['AccessToken'];
    if (!accessToken) {
      throw new Failure(
        'TokenUnavailable',
        'The agent gave the task no access token of its own connection (SystemVssConnection).',
        {
          changes: ['Run the task on an agent of Azure Pipelines.'],
        },
      );
    }
    const serviceConnectionId = tl.getInput('serviceConnection') || undefined;
    const token = await requestToken({ uri, accessToken, serviceConnectionId }, this.#transport, signal);
    this.log.mask(new Secret(token.reveal()));
    return token;
  }

  async publish(sessions: readonly Session[], options: Options): Promise<Published> {
    const [session] = sessions;
    if (session === undefined) throw new Failure('Internal', 'no role was assumed');
    return exposeAsEnvironment(session, options, this.log);
  }
}

function variable(name: string): string | undefined {
  return tl.getVariable(name) || undefined;
}

/** `https://dev.azure.com/acme/` and the older `https://acme.visualstudio.com/` name the organization. */
function organizationOf(collectionUri: string | undefined): string {
  if (collectionUri === undefined || !URL.canParse(collectionUri)) return '';
  const { hostname, pathname } = new URL(collectionUri);
  const [, legacy] = /^([^.]+)\.visualstudio\.com$/i.exec(hostname) ?? [];
  return legacy ?? decodeURIComponent(pathname.split('/').find((part) => part !== '') ?? '');
}
