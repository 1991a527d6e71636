import { Failure, type Runtime, Secret } from '@aws-oidc-assume/shared';
import type { Environment } from '../context.ts';
import type { Job } from './job.ts';
import { askForToken, bearerAddress } from './token-endpoint.ts';

export function inAzurePipelines(env: Environment): boolean {
  return Boolean(env['SYSTEM_OIDCREQUESTURI'] || env['TF_BUILD']);
}

/**
 * A job of Azure Pipelines, seen from a script. The agent sets `SYSTEM_OIDCREQUESTURI` by itself; the access token must
 * be mapped by the author of the pipeline.
 * Source: REST reference, Distributed Task › Oidctoken › Create.
 */
export function azurePipelines(env: Environment, serviceConnectionId: string | undefined, runtime: () => Runtime): Job {
  const [, branch] = /^refs\/heads\/(.+)$/s.exec(env['BUILD_SOURCEBRANCH'] ?? '') ?? [];
  return {
    name: 'Azure Pipelines',
    origin: `SYSTEM_OIDCREQUESTURI${serviceConnectionId === undefined ? '' : `, service connection ${serviceConnectionId}`}`,
    renewsToken: true,
    run: {
      system: 'azure',
      owner: organizationOf(env['SYSTEM_COLLECTIONURI'] ?? env['SYSTEM_TEAMFOUNDATIONCOLLECTIONURI']),
      repository: env['SYSTEM_TEAMPROJECT'] ?? '',
      build: env['RELEASE_RELEASEID'] ?? env['BUILD_BUILDID'] ?? '',
      step: env['SYSTEM_JOBID'] ?? '',
      ...(branch === undefined ? {} : { branch }),
    },
    identityToken: async (limits) => {
      const uri = env['SYSTEM_OIDCREQUESTURI'];
      if (!uri) {
        throw new Failure(
          'TokenUnavailable',
          'SYSTEM_OIDCREQUESTURI is not set: this server gives jobs no identity tokens.',
          {
            changes: ['Run the job on Azure DevOps Services; Azure DevOps Server has no such tokens.'],
          },
        );
      }
      const accessToken = env['SYSTEM_ACCESSTOKEN'];
      if (!accessToken) {
        throw new Failure(
          'TokenUnavailable',
          'SYSTEM_ACCESSTOKEN is not set: the agent keeps it from scripts until it is mapped.',
          {
            changes: ['Map it in the step that runs this:\n  env:\n    SYSTEM_ACCESSTOKEN: $(System.AccessToken)'],
          },
        );
      }
      const url = bearerAddress(uri, 'SYSTEM_OIDCREQUESTURI');
      url.searchParams.set('api-version', '7.1');
      if (serviceConnectionId !== undefined) url.searchParams.set('serviceConnectionId', serviceConnectionId);
      return askForToken(
        {
          system: 'Azure DevOps',
          method: 'POST',
          url,
          // With the second header a bad access token is a plain 401; without, a redirect to the sign-in page.
          headers: { 'content-type': 'application/json', 'x-tfs-fedauthredirect': 'Suppress' },
          body: '{}',
          bearer: new Secret(accessToken),
          member: 'oidcToken',
          advice,
        },
        limits,
        runtime(),
      );
    },
  };
}

function advice(status: number, message: string): string[] {
  if (/no explicit reference to service connection/i.test(message)) {
    return [
      'The job must name the service connection in an input of a task, known when the run is queued: add a task with that connection to this job (it may have `condition: false`).',
    ];
  }
  if (status === 401 || status === 203 || status === 302) {
    return [
      'Map the access token of this very job: SYSTEM_ACCESSTOKEN: $(System.AccessToken). It is of no use after the job.',
    ];
  }
  return [];
}

/** `https://dev.azure.com/acme/` and the older `https://acme.visualstudio.com/` name the organization. */
function organizationOf(collectionUri: string | undefined): string {
  if (collectionUri === undefined || !URL.canParse(collectionUri)) return '';
  const { hostname, pathname } = new URL(collectionUri);
  const [, legacy] = /^([^.]+)\.(?:vsrm\.)?visualstudio\.com$/i.exec(hostname) ?? [];
  const name = pathname.split('/').find((part) => part !== '') ?? '';
  try {
    return legacy ?? decodeURIComponent(name);
  } catch {
    return name;
  }
}
