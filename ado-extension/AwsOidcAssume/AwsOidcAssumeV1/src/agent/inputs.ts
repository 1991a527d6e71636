import {
  OPTION_KEYS,
  type OptionKey,
  type OptionProblem,
  Problem,
  parseBoolean,
  printable,
  type RawOption,
  type RawOptions,
  refuseUndefinedVariable,
} from '@aws-oidc-assume/shared';
import { defaultsOfConnection } from './service-connection.ts';
import type { TaskHost } from './task-host.ts';

/** Inputs that are this task's alone, beside the options. */
export const TASK_INPUTS = ['serviceConnection', 'tokenHosts', 'jobSummary'] as const;

export interface TaskSettings {
  /** GUID. */
  readonly serviceConnectionId: string | undefined;
  /** Host names, lower case, some with a port. */
  readonly tokenHosts: readonly string[];
  readonly jobSummary: boolean;
}

export interface Inputs {
  readonly raw: RawOptions;
  readonly settings: TaskSettings;
  readonly problems: readonly OptionProblem[];
}

/**
 * The task's inputs. Those for options bear the options' own names; where one is empty, the service connection's field of
 * that name stands in.
 */
export function readInputs(host: Pick<TaskHost, 'input' | 'connectionField'>): Inputs {
  const problems: OptionProblem[] = [];
  const read = <T>(name: string, parse: (text: string) => T): T | undefined => {
    const text = host.input(name);
    if (text === undefined) return undefined;
    try {
      refuseUndefinedVariable(text);
      return parse(text);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push({ option: name, message: error.message });
      return undefined;
    }
  };
  const serviceConnectionId = read('serviceConnection', parseConnectionId);
  const settings: TaskSettings = {
    serviceConnectionId,
    tokenHosts: read('tokenHosts', parseHosts) ?? [],
    jobSummary: read('jobSummary', parseBoolean) ?? true,
  };
  return { raw: rawOptions(host, serviceConnectionId), settings, problems };
}

function rawOptions(
  host: Pick<TaskHost, 'input' | 'connectionField'>,
  serviceConnectionId: string | undefined,
): RawOptions {
  const ofConnection = serviceConnectionId === undefined ? {} : defaultsOfConnection(host, serviceConnectionId);
  const raw = (name: OptionKey): RawOption => {
    const value = host.input(name);
    const fallback = ofConnection[name];
    if (value !== undefined || fallback === undefined) return { name, value };
    // Several roles stand in place of the one role.
    if (name === 'roleArn' && host.input('roles') !== undefined) return { name, value };
    return { name: `${fallback.field} of the service connection`, value: fallback.value };
  };
  const all = Object.fromEntries(OPTION_KEYS.map((name) => [name, raw(name)])) as Record<OptionKey, RawOption>;
  // The agent gives every step the task's default for `expose`: that it was meant cannot be told from that it was left out.
  if (all.roles.value !== undefined && all.expose.value === 'environment')
    all.expose = { name: 'expose', value: undefined };
  return all;
}

/** The agent gives the connection's GUID; its name only ever stands in the pipeline. */
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
