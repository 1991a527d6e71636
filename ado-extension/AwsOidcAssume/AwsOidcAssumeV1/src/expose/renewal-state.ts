import { readFile } from 'node:fs/promises';
import type { TokenRequest } from '@aws-oidc-assume/ci-systems/azure-pipelines';
import type { EndpointVariant, KnownRun, RawOptions } from '@aws-oidc-assume/shared';
import type { AgentNetwork } from '../agent/agent-network.ts';

/** Data that `credential-process.cjs` needs to assume the role again in a later step. */
export interface RenewalState {
  readonly version: 1;
  readonly raw: RawOptions;
  readonly endpointVariant: EndpointVariant;
  readonly run: KnownRun;
  /** Token request, with the access token of the job. */
  readonly token: TokenRequest;
  /** Network settings, with the password of the proxy. */
  readonly network: AgentNetwork;
}

/** @throws Error without any content of the file in its message */
export async function readState(file: string): Promise<RenewalState> {
  const state = parsed(await readFile(file, 'utf8').catch(throwUnreadable));
  if (typeof state !== 'object' || state === null || !('version' in state) || state.version !== 1) {
    throw new Error('What the task left for it is of another version.');
  }
  return state as RenewalState;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text around the mistake.
    throw new Error('What the task left for it is not JSON: it was changed, or cut short.');
  }
}

function throwUnreadable(error: NodeJS.ErrnoException): never {
  throw new Error(
    `What the task left for it cannot be read (${error.code}): the job that assumed the role has ended, a later step failed to assume it again, or this runs as another user.`,
  );
}
