/** Environment of a handler (agent, `Handler.cs`). */
import type { VariableStore } from './variables.ts';

export interface ServiceConnection {
  readonly name: string;
  readonly type: string;
  readonly url?: string;
  /** `None`, `UsernamePassword`, `Token`, … */
  readonly scheme?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, string>>;
}

export type Environment = Readonly<Record<string, string>>;

/**
 * Name of a variable in the environment: `Build.BuildId` becomes `BUILD_BUILDID`. Only dots, spaces and the case change
 * (agent, `VarUtil.cs`).
 */
function environmentName(name: string): string {
  return name.replace(/[. ]/g, '_').toUpperCase();
}

/** Plain variables of the job for a task or a script, including empty ones. */
export function publicVariables(store: VariableStore): Environment {
  const plain = store.all().filter(({ secret }) => !secret);
  return {
    // The only variable that scripts also find under its own name.
    ...Object.fromEntries(plain.filter(isJobStatus).map(({ name, value }) => [name, value])),
    ...Object.fromEntries(plain.map((variable) => [nameOf(variable), variable.value])),
    VSTS_PUBLIC_VARIABLES: JSON.stringify(plain.map(({ name }) => name)),
  };
}

/** Secret variables. A task finds them as `SECRET_…`, a script does not find them. */
export function secretVariables(store: VariableStore): Environment {
  const secret = store.all().filter((variable) => variable.secret);
  return {
    ...Object.fromEntries(secret.map((variable) => [`SECRET_${nameOf(variable)}`, variable.value])),
    VSTS_SECRET_VARIABLES: JSON.stringify(secret.map(({ name }) => name)),
  };
}

export function taskVariables(store: VariableStore): Environment {
  return Object.fromEntries(store.all().map((variable) => [`VSTS_TASKVARIABLE_${nameOf(variable)}`, variable.value]));
}

export function inputVariables(inputs: Environment): Environment {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${environmentName(name)}`, value]));
}

/** Variables `ENDPOINT_…` of the job's own connection, which every task gets. It has no data. */
export function systemConnectionVariables({ url, accessToken }: { url: string; accessToken: string }): Environment {
  const parameters = { AccessToken: accessToken };
  return authorizationVariables('SYSTEMVSSCONNECTION', { url, scheme: 'OAuth', parameters });
}

/**
 * Variables `ENDPOINT_…` of a service connection.
 *
 * @param id its GUID
 */
export function connectionVariables(id: string, connection: ServiceConnection): Environment {
  const { url = '', scheme = 'None', parameters = {}, data = {} } = connection;
  return {
    ...authorizationVariables(id, { url, scheme, parameters }),
    [`ENDPOINT_DATA_${id}`]: JSON.stringify(data),
    ...Object.fromEntries(
      Object.entries(data).map(([key, value]) => [`ENDPOINT_DATA_${id}_${environmentName(key)}`, value]),
    ),
  };
}

function authorizationVariables(
  id: string,
  { url, scheme, parameters }: { url: string; scheme: string; parameters: Environment },
): Environment {
  return {
    // .NET's Uri prints itself normalized, with the slash after the host.
    [`ENDPOINT_URL_${id}`]: URL.canParse(url) ? new URL(url).href : url,
    [`ENDPOINT_AUTH_${id}`]: JSON.stringify({ parameters, scheme }),
    [`ENDPOINT_AUTH_SCHEME_${id}`]: scheme,
    ...Object.fromEntries(
      Object.entries(parameters).map(([key, value]) => [
        `ENDPOINT_AUTH_PARAMETER_${id}_${environmentName(key)}`,
        value,
      ]),
    ),
  };
}

function nameOf({ name, preserveCase }: { name: string; preserveCase: boolean }): string {
  return preserveCase ? name.replace(/[. ]/g, '_') : environmentName(name);
}

function isJobStatus({ name }: { name: string }): boolean {
  return name.toLowerCase() === 'agent.jobstatus';
}
