import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type AgentCommand, escapeData, parseCommand, unescapeData } from './command.ts';
import type { Masker } from './masker.ts';
import { isCommandAllowed, isSettable, type Restriction } from './restrictions.ts';
import { mergeResults, parseResult, type Result } from './result.ts';
import type { VariableStore } from './variables.ts';

export interface Issue {
  readonly type: 'error' | 'warning';
  /** Message, masked. */
  readonly message: string;
  readonly properties: Readonly<Record<string, string>>;
}

export interface Attachment {
  readonly type: string;
  readonly name: string;
  readonly content: string;
}

/** Parts of a job that a step's output can change. */
export interface StepContext {
  readonly variables: VariableStore;
  readonly taskVariables: VariableStore;
  readonly masker: Masker;
  /** Folders for the PATH of later steps, last first. */
  readonly prependedPaths: string[];
  readonly restrictions: readonly Restriction[];
  /** Names in the task's `outputVariables`, in lower case, because names ignore case there too. */
  readonly outputVariables: readonly string[];
  readonly referenceName: string;
}

export const SUMMARY_TYPE = 'DistributedTask.Core.Summary';

/** Areas that the agent knows in addition to `task`. They do not affect a job's variables and log. */
const OTHER_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  artifact: ['associate', 'upload'],
  build: ['uploadlog', 'updatebuildnumber', 'addbuildtag'],
  codecoverage: ['enable', 'publish'],
  release: ['updatereleasename'],
  results: ['publish'],
  telemetry: ['publish'],
};

/** Handles a step's output line by line, as the agent does (`WorkerCommandManager.cs`, `TaskCommandExtension.cs`). */
export class StepOutput {
  /** Lines as a user sees them, masked. */
  readonly log: string[] = [];
  /** Lines as with `System.Debug`, including debug lines. */
  readonly debugLog: string[] = [];
  readonly issues: Issue[] = [];
  readonly commands: AgentCommand[] = [];
  readonly attachments: Attachment[] = [];
  readonly outputs: Record<string, string> = {};
  /** Result from `task.complete`. */
  result: Result | undefined;
  /** Whether `done=true` was reported. The agent then waits five more seconds for the process. */
  isDone = false;
  #commandResult: Result | undefined;
  readonly #context: StepContext;
  readonly #showsDebug: boolean;

  constructor(context: StepContext) {
    this.#context = context;
    this.#showsDebug = context.variables.isTrue('System.Debug');
  }

  /** The step's result if its process has ended successfully. */
  get finalResult(): Result {
    const outputResult = this.result ?? 'Succeeded';
    return this.#commandResult === undefined ? outputResult : mergeResults(outputResult, this.#commandResult);
  }

  /** Handles a line of either stream. */
  line(line: string): void {
    const command = parseCommand(line);
    if (command === 'malformed') {
      this.warning(`'${line}' contains logging command keyword '##vso', but it's not a legal command.`);
    }
    if (command === undefined || command === 'malformed') return this.show(line);
    this.commands.push(command);
    if (command.area !== 'task' && OTHER_COMMANDS[command.area] === undefined) {
      return this.warning(`Cannot find command extension for ##vso[${command.area}.command].`);
    }
    try {
      this.#process(command);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.error(`Unable to process command '${line}' successfully.`);
      this.error(error.message);
      this.#commandResult = 'Failed';
    }
    if (`${command.area}.${command.event}` !== 'task.debug') this.debug(`Processed: ${unescapeData(line)}`);
  }

  show(text: string): void {
    const lines = this.#context.masker.mask(text).split(/\r\n|\r|\n/);
    this.log.push(...lines);
    this.debugLog.push(...lines);
  }

  debug(text: string): void {
    const lines = this.#context.masker.mask(`##[debug]${text}`).split(/\r\n|\r|\n/);
    this.debugLog.push(...lines);
    if (this.#showsDebug) this.log.push(...lines);
  }

  warning(message: string, properties: Issue['properties'] = {}): void {
    this.#issue('warning', message, properties);
  }

  error(message: string, properties: Issue['properties'] = {}): void {
    this.#issue('error', message, properties);
  }

  #issue(type: Issue['type'], text: string, properties: Issue['properties']): void {
    const message = this.#context.masker.mask(text);
    this.issues.push({ type, message, properties });
    if (message !== '') this.show(`##[${type}]${message}`);
  }

  #process(command: AgentCommand): void {
    const { area, event } = command;
    const execute = area === 'task' ? this.#taskCommands[event] : OTHER_COMMANDS[area]?.includes(event) && (() => {});
    if (!execute) {
      throw new CommandError(`##vso[${area}.${event}] is not a recognized command for ${area} command extension.`);
    }
    if (!isCommandAllowed(command, this.#context.restrictions)) {
      return this.warning(`##vso[${area}.${event}] is not allowed in this step due to policy restrictions.`);
    }
    execute(command);
  }

  readonly #taskCommands: Readonly<Record<string, (command: AgentCommand) => void>> = {
    setvariable: (command) => this.#setVariable(command),
    settaskvariable: (command) => this.#setTaskVariable(command),
    setsecret: ({ data }) => this.#context.masker.add(data),
    logissue: (command) => this.#logIssue(command),
    issue: (command) => this.#logIssue(command),
    complete: (command) => this.#complete(command),
    prependpath: ({ data }) => this.#prependPath(data),
    debug: ({ data }) => this.debug(data),
    addattachment: ({ properties, data }) => this.#attach(properties['type'], properties['name'], data),
    uploadsummary: ({ data }) => this.#attach(SUMMARY_TYPE, path.basename(data), data),
    uploadfile: ({ data }) => this.#attach('DistributedTask.Core.FileAttachment', path.basename(data), data),
    setprogress: () => {},
    logdetail: ({ properties }) => required(properties['id'], 'id of the timeline record'),
    // Changing a connection is not supported here. A test that needs it must fail.
    setendpoint: () => {
      throw new Error('this agent does not model ##vso[task.setendpoint]');
    },
  };

  #setVariable({ properties, data }: AgentCommand): void {
    const { variables, masker, restrictions, outputVariables, referenceName } = this.#context;
    const name = required(properties['variable'], 'variable');
    const [secret, isOutput, readOnly, preserveCase] = ['issecret', 'isoutput', 'isreadonly', 'preservecase'].map(
      (flag) => isTrue(properties[flag]),
    ) as [boolean, boolean, boolean, boolean];
    this.#checkReadOnly(variables, name);
    if (secret) {
      this.#checkLines(data);
      masker.add(escapeData(data));
    }
    if (!isSettable(name, restrictions)) {
      return this.warning(`Setting variable '${name}' has been disabled by the task or build definition.`);
    }
    if (!isOutput && !outputVariables.includes(name.toLowerCase())) {
      return variables.set(name, data, { secret, readOnly, preserveCase });
    }
    // Never under the plain name, because an output has its step's name.
    this.outputs[name] = data;
    variables.set(`${referenceName}.${name}`, data, { secret, readOnly: isOutput || readOnly, preserveCase });
  }

  #setTaskVariable({ properties, data }: AgentCommand): void {
    const { taskVariables } = this.#context;
    const name = required(properties['variable'], 'variable');
    this.#checkReadOnly(taskVariables, name);
    const secret = isTrue(properties['issecret']);
    if (secret) this.#checkLines(data);
    const [readOnly, preserveCase] = [isTrue(properties['isreadonly']), isTrue(properties['preservecase'])];
    taskVariables.set(name, data, { secret, readOnly, preserveCase });
  }

  /** Warns, and changes the variable anyway, unless the server has the feature on. */
  #checkReadOnly(store: VariableStore, name: string): void {
    if (!store.isReadOnly(name)) return;
    if (this.#context.variables.isTrue('agent.readOnlyVariables')) {
      throw new CommandError(`Overwriting readonly variable '${name}' is not permitted.`);
    }
    this.warning(`Overwriting readonly variable '${name}'. This behavior will be disabled in the future.`);
  }

  #checkLines(secret: string): void {
    if (!secret.includes('\n') || this.#context.variables.isTrue('SYSTEM_UNSAFEALLOWMULTILINESECRET')) return;
    throw new CommandError('Secrets cannot contain multiple lines');
  }

  #logIssue({ properties, data }: AgentCommand): void {
    const type = properties['type']?.toLowerCase();
    if (type === undefined) return this.warning("Can't create TaskIssue from logging event.");
    if (type !== 'error' && type !== 'warning') {
      throw new CommandError(`issue type ${properties['type']} is not an expected issue type.`);
    }
    const { sourcepath: source, linenumber: line = '', columnnumber: column = '', code = '' } = properties;
    const message =
      source === undefined ? data : `${source}(${line},${column}): ${properties['type']} ${code}: ${data}`;
    this.#issue(type, message, properties);
  }

  #complete({ properties }: AgentCommand): void {
    const result = parseResult(properties['result']);
    if (result === undefined) throw new CommandError("Command doesn't have valid result value.");
    this.result = mergeResults(this.result, result);
    this.isDone ||= isTrue(properties['done']) || properties['done'] === '1';
  }

  #prependPath(folder: string): void {
    const { prependedPaths, restrictions } = this.#context;
    if (!isSettable('Path', restrictions)) {
      return this.warning("Setting variable 'Path' has been disabled by the task or build definition.");
    }
    required(folder, 'folder');
    if (prependedPaths.includes(folder)) prependedPaths.splice(prependedPaths.indexOf(folder), 1);
    prependedPaths.push(folder);
  }

  #attach(type: string | undefined, name: string | undefined, file: string): void {
    required(type, 'type');
    required(name, 'name');
    const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
    if (!isFile)
      throw new CommandError(
        'Cannot upload task attachment file, attachment file location is not specified or attachment file not exist on disk.',
      );
    this.attachments.push({ type: type ?? '', name: name ?? '', content: readFileSync(file, 'utf8') });
  }
}

/** Reports a command that the agent cannot execute: two errors, and the step has failed. */
class CommandError extends Error {}

function required(value: string | undefined, field: string): string {
  if (value === undefined || value === '')
    throw new CommandError(`Required field '${field}' is missing in ##vso command.`);
  return value;
}

/** Parses a boolean like .NET's `Boolean.TryParse`. */
function isTrue(text: string | undefined): boolean {
  return text?.trim().toLowerCase() === 'true';
}
