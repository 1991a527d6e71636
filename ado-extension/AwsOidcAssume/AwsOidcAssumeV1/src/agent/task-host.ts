import { Writable } from 'node:stream';
import { Failure } from '@aws-oidc-assume/shared';
import * as tl from 'azure-pipelines-task-lib/task.js';

/** The task's view of its agent, and its channel for commands. */
export interface TaskHost {
  /** An input, trimmed by the agent; undefined if empty. */
  input(name: string): string | undefined;
  /** A variable of the job; undefined if empty. */
  variable(name: string): string | undefined;
  /** A variable that may be secret, so nothing is printed. */
  secretVariable(name: string): string | undefined;
  /** Names of the job's plain variables, upper case. Any earlier step can have set them. */
  readonly plainNames: ReadonlySet<string>;
  /** Names of the job's secret variables, upper case. They are not in the environment of later steps. */
  readonly secretNames: ReadonlySet<string>;
  /**
   * Environment that later steps have too: the agent's own environment, and the job's plain variables in upper case.
   */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A field of a service connection. Its other fields, such as keys, are never read. */
  connectionField(id: string, field: string): string | undefined;
  /** Whether a service connection has a user name and password, which are access keys in the AWS Toolkit's type. */
  connectionHasKeys(id: string): boolean;
  /** The job's own connection to its server. The agent itself sets it, so no earlier step can change it. */
  readonly server: { readonly url: string | undefined; readonly accessToken: string | undefined };
  /** `##vso[name property=value;]data`, with the escapes of the library. */
  command(name: string, properties: Readonly<Record<string, string>>, data: string): void;
}

/** Name as the agent spells it, because names in the environment are case-sensitive except on Windows. */
const SERVER = 'SYSTEMVSSCONNECTION';

/** The agent, accessed through Microsoft's task library. */
export function agentHost(): TaskHost {
  return {
    input: (name) => tl.getInput(name) || undefined,
    variable: (name) => tl.getVariable(name) || undefined,
    secretVariable: (name) => quietly(() => tl.getVariable(name)) || undefined,
    plainNames: namesOf(false),
    secretNames: namesOf(true),
    environment: process.env,
    connectionField: (id, field) =>
      process.env[`ENDPOINT_DATA_${id}_${field.toUpperCase()}`] || authorization(id)[field] || undefined,
    connectionHasKeys: (id) =>
      Object.keys(authorization(id)).some((parameter) => /^(?:username|password)$/i.test(parameter)),
    get server() {
      return { url: tl.getEndpointUrl(SERVER, true) || undefined, accessToken: authorization(SERVER)['AccessToken'] };
    },
    command: (name, properties, data) => tl.command(name, properties, data),
  };
}

/** Reads the whole authorization, because the library prints each single parameter that it reads. */
function authorization(id: string): Readonly<Record<string, string>> {
  try {
    return tl.getEndpointAuthorization(id, true)?.parameters ?? {};
  } catch {
    // The library's own error quotes the unreadable text.
    throw new Failure('Internal', 'What the agent says of a connection is not JSON.');
  }
}

/** The library prints every variable that it reads as a debug line, even secret ones. */
function quietly<T>(read: () => T): T {
  tl.setStdStream(new Writable({ write: (_chunk, _encoding, callback) => callback() }));
  try {
    return read();
  } finally {
    tl.setStdStream(process.stdout);
  }
}

function namesOf(isSecret: boolean): ReadonlySet<string> {
  const variables = quietly(() => tl.getVariables()).filter(({ secret }) => secret === isSecret);
  return new Set(variables.map(({ name }) => name.toUpperCase()));
}
