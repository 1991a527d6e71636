import { INPUTS_HELP } from '../../ado-extension/AwsOidcAssume/AwsOidcAssumeV1/src/agent/inputs-help.ts';
import { EXPOSE_MODES as TASK_MODES } from '../../ado-extension/AwsOidcAssume/AwsOidcAssumeV1/src/expose/modes.ts';
import { EXPOSE_MODES as PIPE_MODES } from '../../pipe/src/expose/modes.ts';
import { SETTINGS_HELP } from '../../pipe/src/settings-help.ts';
import { type ExtraOption, OPTION_HELP, OPTION_SUMMARIES, type OptionHelp } from '../../shared/src/options/help.ts';
import { OPTION_KEYS } from '../../shared/src/options/keys.ts';
import { OPTIONS, type OptionKey, type OptionRow } from '../../shared/src/options/table.ts';
import type { ValueFacts } from '../../shared/src/options/types.ts';

export type System = 'pipe' | 'task';

/** One option with its texts for documents and forms. */
export interface Row extends Omit<OptionHelp, 'default'>, Omit<ValueFacts, 'default'> {
  readonly summary: string;
  /** Variables of the pipe: the documented name, then its aliases. Empty if the pipe does not have the option. */
  readonly variables: readonly string[];
  /** Input of the task; undefined when the task does not have the option. */
  readonly input: string | undefined;
  readonly default: string | number | boolean | undefined;
  readonly defaultInWords: string | undefined;
  readonly formType?: string;
}

const MODES = { pipe: PIPE_MODES, task: TASK_MODES } as const;

/** Options in the order of the documentation. */
export function rows(): Row[] {
  const keys = Object.keys(OPTION_HELP).filter((key): key is OptionKey => OPTION_KEYS.some((one) => one === key));
  const all: Row[] = keys.map(tableRow);
  const extras = [
    ...Object.values(SETTINGS_HELP).map((extra) => ({ extra, row: extraRow(extra, 'pipe') })),
    ...Object.values(INPUTS_HELP).map((extra) => ({ extra, row: extraRow(extra, 'task') })),
  ];
  for (const { extra, row } of extras) {
    const before = extra.after === undefined ? -1 : all.findIndex(({ input }) => input === extra.after);
    all.splice(before + 1, 0, row);
  }
  return all;
}

function tableRow(key: OptionKey): Row {
  const { kind, pipe, ...facts }: OptionRow = OPTIONS[key];
  const { default: defaultInWords, ...help } = OPTION_HELP[key];
  return {
    ...help,
    summary: OPTION_SUMMARIES[key].summary,
    kind,
    ...(facts.limits === undefined ? {} : { limits: facts.limits }),
    variables: pipe,
    input: key,
    default: kind === 'mode' ? PIPE_MODES[0] : facts.default,
    defaultInWords,
  };
}

function extraRow({ name, ...extra }: ExtraOption, system: System): Row {
  return {
    ...extra,
    variables: system === 'pipe' ? [name] : [],
    input: system === 'task' ? name : extra.sameInTask,
    default: extra.default,
    defaultInWords: undefined,
  };
}

/** Fills in limits, modes and spellings of other options. If no system is given, options have the task's spelling. */
export function filledIn(text: string, { limits }: Row, system?: System): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'least' || name === 'most') return String(limits?.[name]);
    if (name === 'modes') return system === undefined ? modesOfBoth() : alternatives(MODES[system]);
    const key = OPTION_KEYS.find((one) => one === name);
    if (key === undefined) throw new Error(`{${name}} is not an option`);
    return `\`${system === 'pipe' ? OPTIONS[key].pipe[0] : key}\``;
  });
}

function modesOfBoth(): string {
  const both = PIPE_MODES.filter((mode) => TASK_MODES.some((other) => other === mode));
  const only = (modes: readonly string[]) => alternatives(modes.filter((mode) => !both.some((one) => one === mode)));
  return `${alternatives(both)}; on Bitbucket also ${only(PIPE_MODES)}, on Azure DevOps also ${only(TASK_MODES)}`;
}

/** `a`, `b` or `c`, in code. */
function alternatives(words: readonly string[]): string {
  const code = words.map((word) => `\`${word}\``);
  return code.length < 2 ? code.join('') : `${code.slice(0, -1).join(', ')} or ${code.at(-1)}`;
}

/** Default for a table or a sentence; undefined if there is none. */
export function defaultOf(row: Row, system?: System): string | undefined {
  if (row.default !== undefined) return `\`${row.default}\``;
  return (system === undefined ? undefined : row[system]?.default) ?? row.defaultInWords;
}
