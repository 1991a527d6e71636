import path from 'node:path';
import type { Environment, ServiceConnection } from './environment.ts';
import { expandMacros } from './macros.ts';
import type { TaskDefinition, TaskInput } from './task-definition.ts';
import type { VariableStore } from './variables.ts';

export type Connections = Readonly<Record<string, ServiceConnection>>;

/**
 * Compiles a step's inputs as the server does. An alias becomes the input's name, and the name of a service connection
 * becomes its GUID.
 *
 * @throws Error if the pipeline would not compile
 */
export function compileInputs(task: TaskDefinition, values: Environment, connections: Connections): Environment {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const input = task.inputs?.find((candidate) => answersTo(candidate, key));
      const isConnection = input !== undefined && namesConnections(input) && value.trim() !== '';
      return [input?.name ?? key, isConnection ? connectionIds(value, connections) : value];
    }),
  );
}

/**
 * Inputs of the task (agent, `TaskRunner.cs`). The step's values override the task's defaults and are trimmed. Macros
 * come from the job's variables, then from the agent's own environment. Paths of files become absolute.
 */
export function resolveInputs(
  task: TaskDefinition,
  compiled: Environment,
  { store, agentEnvironment }: { store: VariableStore; agentEnvironment: Environment },
): Environment {
  const defaults = (task.inputs ?? []).map(({ name, defaultValue = '' }): [string, string] => [name, defaultValue]);
  const merged = { ...Object.fromEntries(defaults), ...compiled };
  return Object.fromEntries(
    Object.entries(merged).map(([name, value]) => {
      const expanded = expandMacros(store.expand(value.trim()), (variable) => agentEnvironment[variable]);
      const isPath = task.inputs?.some((input) => input.name === name && input.type.toLowerCase() === 'filepath');
      // An empty path becomes the sources' folder, so tasks cannot distinguish it from an explicit one.
      return [name, isPath ? path.resolve(store.get('System.DefaultWorkingDirectory') ?? '', expanded) : expanded];
    }),
  );
}

/** GUIDs of the connections in the task's inputs. */
export function referencedConnections(task: TaskDefinition, inputs: Environment): string[] {
  return (task.inputs ?? [])
    .filter(namesConnections)
    .flatMap(({ name }) => (inputs[name] ?? '').split(','))
    .map((id) => id.trim())
    .filter((id) => id !== '');
}

function answersTo({ name, aliases = [] }: TaskInput, key: string): boolean {
  return [name, ...aliases].some((candidate) => candidate.toLowerCase() === key.trim().toLowerCase());
}

function namesConnections({ type }: TaskInput): boolean {
  return type.toLowerCase().startsWith('connectedservice:');
}

function connectionIds(value: string, connections: Connections): string {
  return value
    .split(',')
    .map((nameOrId) => {
      const searched = nameOrId.trim().toLowerCase();
      const match = Object.entries(connections).find(([id, { name }]) =>
        [id.toLowerCase(), name.toLowerCase()].includes(searched),
      );
      if (match === undefined) {
        throw new Error(`The pipeline is not valid: service connection ${nameOrId} could not be found`);
      }
      return match[0];
    })
    .join(',');
}
