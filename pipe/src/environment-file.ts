import path from 'node:path';
import {
  type EnvironmentVariable,
  Failure,
  foreignFile,
  type PrivateFile,
  revealed,
  shellWord,
} from '@aws-oidc-assume/shared';

const FIRST_LINE = '# Written by AWS OIDC Assume. Read it with:';

/** What one call of the pipe says in the environment file. */
export interface EnvironmentSection {
  /** `VARIABLE_PREFIX`; each has a section of its own. */
  readonly prefix: string;
  readonly clears: readonly string[];
  readonly variables: readonly EnvironmentVariable[];
  /** Whether the file removes itself when it is read. */
  readonly once: boolean;
}

/**
 * The file for the next line of the step, `. ./.aws-oidc/env`, understood by every POSIX shell. Another call of the
 * pipe replaces its own section and leaves those of other prefixes.
 */
export function environmentFile(folder: string, section: EnvironmentSection): PrivateFile {
  const file = path.join(folder, 'env');
  return {
    file,
    contents: (present) => {
      const text = present?.toString('utf8') ?? '';
      if (present !== undefined && !text.startsWith(FIRST_LINE)) throw foreignFile(file);
      return environmentFileText(text, section, file);
    },
  };
}

/** @param present the text of the file as it is, empty where there is none */
export function environmentFileText(present: string, section: EnvironmentSection, file: string): string {
  const others = sectionsOf(present).filter(({ heading }) => heading !== headingOf(section.prefix));
  const sections = [...others, { heading: headingOf(section.prefix), lines: sectionLines(section, file) }];
  return [
    `${FIRST_LINE} ${sourceLine(file)}`,
    ...sections.flatMap(({ heading, lines }) => [heading, ...lines]),
    '',
  ].join('\n');
}

/** Single quotes around every value: nothing in it is expanded, whatever it holds. */
function sectionLines({ prefix, clears, variables, once }: EnvironmentSection, file: string): string[] {
  return [
    ...(prefix === '' && clears.length > 0 ? [`unset ${clears.join(' ')}`] : []),
    ...variables.map(({ name, value }) => `export ${name}=${oneLineWord(name, revealed(value))}`),
    ...(once ? [`command rm -f -- ${oneLineWord('OUTPUT_DIR', file)}`] : []),
  ];
}

/** Sections are told apart by lines; no value of AWS's has more than one. */
function oneLineWord(name: string, value: string): string {
  if (/[\n\r\0]/.test(value)) throw new Failure('CannotPublish', `The value for ${name} spans lines.`);
  return shellWord(value);
}

function headingOf(prefix: string): string {
  return `# Variables ${prefix}AWS_*`;
}

function sectionsOf(text: string): { heading: string; lines: string[] }[] {
  const sections: { heading: string; lines: string[] }[] = [];
  for (const line of text.split('\n').slice(1)) {
    if (/^# Variables \w*AWS_\*$/.test(line)) sections.push({ heading: line, lines: [] });
    else if (line !== '') sections.at(-1)?.lines.push(line);
  }
  return sections;
}

/** The line that reads the file; short where the shell is in a folder above it. */
export function sourceLine(file: string, workingFolder?: string): string {
  const relative = workingFolder === undefined ? '' : path.relative(workingFolder, file);
  const shown = relative === '' || relative.startsWith('..') ? file : `./${relative}`;
  return `. ${/^[\w./-]+$/.test(shown) ? shown : shellWord(shown)}`;
}
