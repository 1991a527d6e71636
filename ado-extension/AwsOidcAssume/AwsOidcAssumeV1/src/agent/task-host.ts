import { Writable } from 'node:stream';
import { Failure } from '@aws-oidc-assume/shared';
import * as tl from 'azure-pipelines-task-lib/task.js';

/** What the task sees of the agent that runs it, and the one way to tell it something. */
export interface TaskHost {
  /** Trimmed by the agent; undefined where empty. */
  input(name: string): string | undefined;
  /** A variable of the job; undefined where empty. */
  variable(name: string): string | undefined;
  /** The same for one that may be secret: nothing is printed. */
  secretVariable(name: string): string | undefined;
  /** Names of the job's plain variables, upper case. Any earlier step can have set them. */
  readonly plainNames: ReadonlySet<string>;
  /** Names of the job's secret variables, upper case. Later steps do not find those in their environment. */
  readonly secretNames: ReadonlySet<string>;
  /** What a later step finds too: the agent's own environment, and the job's plain variables in upper case. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A field of a service connection. Of a connection's other fields, keys among them, nothing is read. */
  connectionField(id: string, field: string): string | undefined;
  /** The job's own connection to its server. Given by the agent itself, so that no earlier step can have changed it. */
  readonly server: { readonly url: string | undefined; readonly accessToken: string | undefined };
  /** `##vso[name property=value;]data`, with the escapes of the library. */
  command(name: string, properties: Readonly<Record<string, string>>, data: string): void;
}

/** As the agent spells it: names in the environment are with case, but on Windows. */
const SERVER = 'SYSTEMVSSCONNECTION';

/** The agent, by Microsoft's task library. */
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
    get server() {
      return { url: tl.getEndpointUrl(SERVER, true) || undefined, accessToken: authorization(SERVER)['AccessToken'] };
    },
    command: (name, properties, data) => tl.command(name, properties, data),
  };
}

/** The whole authorization is read, not single parameters: the library prints each parameter it is asked for. */
function authorization(id: string): Readonly<Record<string, string>> {
  try {
    return tl.getEndpointAuthorization(id, true)?.parameters ?? {};
  } catch {
    // The library's own error quotes what it could not read.
    throw new Failure('Internal', 'What the agent says of a connection is not JSON.');
  }
}

/** The library prints every variable it is asked for as a debug line, secret ones too. */
function quietly<T>(read: () => T): T {
  tl.setStdStream(new Writable({ write: (_chunk, _encoding, done) => done() }));
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
