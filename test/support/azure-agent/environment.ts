import { environmentName, type VariableStore } from './variables.ts';

export interface ServiceConnection {
  readonly name: string;
  readonly type: string;
  readonly url?: string;
  readonly scheme?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, string>>;
}

/** Variables of the job for a task or a script: plain ones only; empty ones too. */
export function publicVariables(store: VariableStore): Record<string, string> {
  const plain = store.all().filter(({ secret }) => !secret);
  return {
    ...Object.fromEntries(plain.map(({ name, value }) => [environmentName(name), value])),
    VSTS_PUBLIC_VARIABLES: JSON.stringify(plain.map(({ name }) => name)),
  };
}

/** Secret ones: a task finds them as `SECRET_…`, a script not at all. */
export function secretVariables(store: VariableStore): Record<string, string> {
  const secret = store.all().filter((variable) => variable.secret);
  return {
    ...Object.fromEntries(secret.map(({ name, value }) => [`SECRET_${environmentName(name)}`, value])),
    VSTS_SECRET_VARIABLES: JSON.stringify(secret.map(({ name }) => name)),
  };
}

/** `ENDPOINT_…` of one connection (agent, `Handler.cs`, AddEndpointsToEnvironment). */
export function endpointVariables(
  id: string,
  { url = '', scheme = 'None', parameters = {}, data = {} }: ServiceConnection,
): Record<string, string> {
  return {
    [`ENDPOINT_URL_${id}`]: url,
    [`ENDPOINT_AUTH_${id}`]: JSON.stringify({ parameters, scheme }),
    [`ENDPOINT_AUTH_SCHEME_${id}`]: scheme,
    [`ENDPOINT_DATA_${id}`]: JSON.stringify(data),
    ...Object.fromEntries(
      Object.entries(parameters).map(([key, value]) => [
        `ENDPOINT_AUTH_PARAMETER_${id}_${environmentName(key)}`,
        value,
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(data).map(([key, value]) => [`ENDPOINT_DATA_${id}_${environmentName(key)}`, value]),
    ),
  };
}
