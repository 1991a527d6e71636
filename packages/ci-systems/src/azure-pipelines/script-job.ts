import { type Environment, Failure } from '@aws-oidc-assume/shared';
import type { CiJob, JobContext } from '../ci-job.ts';
import { SCRIPT_WORDS } from './advice.ts';
import { isAzureDevOpsServices } from './organization.ts';
import { runOfJob } from './run.ts';
import { requestToken, requireUri, type TokenRequest } from './token-request.ts';
import { environmentVariables } from './variables.ts';

export const NAME = 'Azure Pipelines';
export const ACCESS_TOKEN_VARIABLE = 'SYSTEM_ACCESSTOKEN';
export const CONNECTION_OPTION = 'service-connection-id';

/** Address of the job's own server. Scripts inherit it from the step that starts them. */
const SERVER_VARIABLE = 'ENDPOINT_URL_SYSTEMVSSCONNECTION';

/** A job as a script sees it. The author of the pipeline must map the access token. */
export function scriptJob({ env, options, runtime }: JobContext): CiJob {
  const serviceConnectionId = options[CONNECTION_OPTION];
  const connection = serviceConnectionId === undefined ? '' : `, service connection ${serviceConnectionId}`;
  return {
    name: NAME,
    origin: `${SCRIPT_WORDS.uriVariable}${connection}`,
    renewsToken: true,
    run: (token) => runOfJob(environmentVariables(env), token),
    identityToken: async (limits) =>
      requestToken({ ...tokenRequest(env), serviceConnectionId }, SCRIPT_WORDS, limits, runtime()),
  };
}

/** @throws Failure `TokenUnavailable` */
function tokenRequest(env: Environment): TokenRequest {
  const variable = environmentVariables(env);
  const uri = requireUri(variable('System.OidcRequestUri'), SCRIPT_WORDS);
  const accessToken = variable('System.AccessToken');
  if (accessToken === undefined) {
    throw new Failure(
      'TokenUnavailable',
      `${ACCESS_TOKEN_VARIABLE} is not set: the agent hides it from scripts until it is mapped.`,
      { changes: [`Map it in the step that runs this:\n  env:\n    ${ACCESS_TOKEN_VARIABLE}: $(System.AccessToken)`] },
    );
  }
  return {
    uri,
    accessToken,
    server: serverOf(env),
    moreHosts: [],
    planId: variable('System.PlanId'),
    jobId: variable('System.JobId'),
  };
}

/**
 * Address of the server that gave the job its access token. The agent writes its own variable last, so no earlier step can
 * change it. A step can change `System.CollectionUri`, so that counts only for Azure DevOps Services.
 */
function serverOf(env: Environment): string | undefined {
  const variable = environmentVariables(env);
  const server = env[SERVER_VARIABLE];
  if (server) return server;
  const collectionUri = variable('System.CollectionUri') ?? variable('System.TeamFoundationCollectionUri') ?? '';
  if (!URL.canParse(collectionUri)) return undefined;
  const url = new URL(collectionUri);
  return isAzureDevOpsServices(url) ? collectionUri : undefined;
}
