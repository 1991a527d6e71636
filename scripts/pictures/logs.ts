/** Pictures of the logs of a step in both CI systems, from the output that the tests stored. */
import { readFileSync } from 'node:fs';
import { WORDING_FILE, type Wording } from '../../test/messages/wording-file.ts';
import { COLOURS, drawing, text } from './svg.ts';

/** Sections and situations of the stored output. */
const OUTPUT = {
  bitbucket: { success: 'pipe: success', failure: 'pipe: role wants `deployment:`' },
  azure: { success: 'task: success', failure: 'task: no connection, role wants `sc://`' },
} as const;

export type LogSystem = keyof typeof OUTPUT;

const NAMES: Readonly<Record<LogSystem, string>> = { bitbucket: 'Bitbucket Pipelines', azure: 'Azure Pipelines' };

/** Columns of a line in a log viewer of normal width, and its height in pixels. */
const COLUMNS = 112;
const LINE_HEIGHT = 19;
const LEFT = 20;

interface Line {
  readonly words: string;
  readonly colour: string;
  readonly bold: boolean;
}

/** Returns the log of a step that passes and of one that fails. */
export function logPicture(system: LogSystem): string {
  const { success, failure } = OUTPUT[system];
  return picture(`Logs of a step in ${NAMES[system]}`, [
    heading('A step that passes'),
    ...loggedLines(system, success),
    heading(''),
    heading('A step that fails'),
    ...loggedLines(system, failure),
  ]);
}

/** Returns the log of a step that fails. */
export function failurePicture(system: LogSystem): string {
  return picture(
    `The log of a step that AWS refused, in ${NAMES[system]}`,
    loggedLines(system, OUTPUT[system].failure),
  );
}

function picture(title: string, lines: readonly Line[]): string {
  const parts = lines.map(({ words, colour, bold }, index) =>
    text(LEFT, 32 + index * LINE_HEIGHT, words, { size: 12.5, colour, bold, mono: true }).replace(
      '<text ',
      '<text xml:space="preserve" ',
    ),
  );
  return drawing({
    title,
    width: 920,
    height: 32 + lines.length * LINE_HEIGHT + 20,
    parts,
    remark: 'Drawn from the output of the program',
  });
}

function heading(words: string): Line {
  return { words, colour: COLOURS.faint, bold: false };
}

function loggedLines(system: LogSystem, situation: string): Line[] {
  const { Logs: logs = {}, 'First screens': screens = {} } = JSON.parse(readFileSync(WORDING_FILE, 'utf8')) as Wording;
  const lines = logs[situation] ?? screens[situation];
  if (lines === undefined) throw new Error(`test/messages/wording.json has no ${situation}`);
  return lines
    .filter((line) => line !== '##[endgroup]')
    .map((line) => line.replace(/http:\/\/127\.0\.0\.1:\d+/, 'https://sts.eu-west-1.amazonaws.com'))
    .flatMap((line) => wrapped(styled(system, line)));
}

/** Returns a line as the log viewer shows it. Azure's viewer paints errors and groups, and Bitbucket's shows the colours of the pipe. */
function styled(system: LogSystem, line: string): Line {
  if (line.startsWith('##[error]'))
    return { words: line.slice('##[error]'.length), colour: COLOURS.error, bold: false };
  if (line.startsWith('##[group]')) {
    return { words: `▾ ${line.slice('##[group]'.length)}`, colour: COLOURS.ink, bold: true };
  }
  const isFailure = system === 'bitbucket' && line.startsWith('✖ ');
  return { words: line, colour: isFailure ? COLOURS.error : COLOURS.ink, bold: isFailure };
}

function wrapped({ words, ...style }: Line): Line[] {
  const rows = words.match(new RegExp(`.{1,${COLUMNS}}(?: |$)|.{1,${COLUMNS}}`, 'gu')) ?? [''];
  return rows.map((row) => ({ words: row.trimEnd(), ...style }));
}
