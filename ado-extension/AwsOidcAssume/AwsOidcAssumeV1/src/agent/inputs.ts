import path from 'node:path';
import {
  isSet,
  mapOptions,
  type OptionProblem,
  OptionReader,
  Problem,
  parseBoolean,
  printable,
  type RawOption,
  type RawOptions,
} from '@aws-oidc-assume/shared';
import { defaultsOfConnection } from './service-connection.ts';
import type { TaskHost } from './task-host.ts';

/** Inputs that only this task has. */
export const TASK_INPUTS = ['serviceConnection', 'tokenHosts', 'jobSummary'] as const;

export interface TaskSettings {
  /** GUID. */
  readonly serviceConnectionId: string | undefined;
  /** Host names in lower case, some with a port. */
  readonly tokenHosts: readonly string[];
  readonly jobSummary: boolean;
}

export interface Inputs {
  readonly raw: RawOptions;
  readonly settings: TaskSettings;
  readonly problems: readonly OptionProblem[];
}

type InputHost = Pick<TaskHost, 'input' | 'variable' | 'connectionField' | 'connectionHasKeys'>;

/**
 * Reads the task's inputs. An option's input has the option's key as its name; when it is empty, the field of the service
 * connection counts.
 */
export function readInputs(host: InputHost): Inputs {
  const inputOption = (name: (typeof TASK_INPUTS)[number]) => ({ name, value: host.input(name) });
  const reader = new OptionReader({
    serviceConnection: inputOption('serviceConnection'),
    tokenHosts: inputOption('tokenHosts'),
    jobSummary: inputOption('jobSummary'),
  });
  const serviceConnectionId = reader.one('serviceConnection', parseConnectionId);
  const settings: TaskSettings = {
    serviceConnectionId,
    tokenHosts: reader.one('tokenHosts', parseHosts) ?? [],
    jobSummary: reader.one('jobSummary', parseBoolean) ?? true,
  };
  const raw = rawOptions(host, serviceConnectionId);
  return { raw, settings, problems: [...reader.problems, ...keysInsteadOfRole(raw, host, serviceConnectionId)] };
}

/** Problem of a service connection of the AWS Toolkit that was made for keys. */
function keysInsteadOfRole({ roleArn, roles }: RawOptions, host: InputHost, id: string | undefined): OptionProblem[] {
  if (id === undefined || isSet(roleArn) || isSet(roles) || !host.connectionHasKeys(id)) return [];
  return [
    {
      option: roleArn.name,
      message: 'is missing: the service connection has access keys and no role, and this task never uses keys',
      fix: 'Set roleArn, or "Role to Assume" in the service connection. Once nothing else uses the keys, delete them in IAM.',
    },
  ];
}

function rawOptions(host: InputHost, serviceConnectionId: string | undefined): RawOptions {
  const connection = serviceConnectionId === undefined ? {} : defaultsOfConnection(host, serviceConnectionId);
  const all = mapOptions((name): RawOption => {
    const value = name === 'trustPolicyFile' ? pathOf(host, host.input(name)) : host.input(name);
    const fallback = connection[name];
    if (value !== undefined || fallback === undefined) return { name, value };
    // Several roles replace the role of the connection.
    if (name === 'roleArn' && host.input('roles') !== undefined) return { name, value };
    return { name: `${fallback.field} of the service connection`, value: fallback.value };
  });
  // The agent passes the default of `expose` to every step, so a deliberate `environment` looks the same as none.
  if (all.roles.value !== undefined && all.expose.value === 'environment')
    all.expose = { name: 'expose', value: undefined };
  return all;
}

/** Variables with the folder that the agent writes for an empty path (agent, TaskRunner.cs; task-lib, filePathSupplied). */
const FOLDERS_OF_EMPTY_PATHS = ['System.DefaultWorkingDirectory', 'Build.SourcesDirectory'];

/** Returns the path that the user gave. */
function pathOf({ variable }: InputHost, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const folders = FOLDERS_OF_EMPTY_PATHS.flatMap((name) => variable(name) ?? []);
  return folders.some((folder) => path.resolve(folder) === path.resolve(value)) ? undefined : value;
}

/** Parses the connection's GUID. The agent replaces the name in the pipeline with it. */
function parseConnectionId(text: string): string {
  if (!/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) {
    throw new Problem(`is "${printable(text, 100)}", not a service connection`);
  }
  return text;
}

function parseHosts(text: string): string[] {
  const hosts = text.split(/[\s,]+/).filter((host) => host !== '');
  for (const host of hosts) {
    if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?$/i.test(host)) {
      throw new Problem(`has "${printable(host, 100)}", not the name of a host (vstoken.example.com)`);
    }
  }
  return hosts.map((host) => host.toLowerCase());
}
