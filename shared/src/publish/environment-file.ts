import { Failure } from '../core/failure.ts';
import { type EnvironmentVariable, KNOWN_VARIABLES, plainText } from './aws-environment.ts';
import type { SealedKind } from './file-kinds.ts';
import { shellWord } from './posix-shell.ts';

/** Section of one call in the environment file. */
export interface EnvironmentSection {
  /** Prefix of the names; each prefix has its own section. */
  readonly prefix: string;
  readonly clears: readonly string[];
  readonly variables: readonly EnvironmentVariable[];
  /** Whether the file removes itself when it is read. */
  readonly once: boolean;
}

/** A section that was read back: only data, nothing that a shell would run. */
interface ParsedSection extends EnvironmentSection {
  readonly variables: readonly { readonly name: string; readonly value: string }[];
}

/** A file of `export` lines that every POSIX shell reads with `.`. */
export interface EnvironmentFile {
  readonly kind: SealedKind;
  /**
   * Returns the text with this section, which replaces one with the same prefix. Sections of other prefixes stay.
   *
   * @throws Failure `CannotPublish` for a value that spans lines
   */
  text(kept: string | undefined, section: EnvironmentSection): string;
}

/**
 * @param options.name of the file
 * @param options.note end of its first line
 * @param options.locations shell words for the paths at which a step may see the file, for one that removes itself
 */
export function environmentFile(options: {
  readonly name: string;
  readonly note: string;
  readonly locations: readonly string[];
}): EnvironmentFile {
  const removal = removalLine(options.locations);
  const parse = (body: string) => parseSections(body, removal);
  return {
    kind: {
      name: options.name,
      comment: '#',
      note: options.note,
      accepts: (body) => parse(body) !== undefined,
      withoutSecrets: () => '',
    },
    text: (existingText, section) => {
      const others = (existingText === undefined ? [] : (parse(existingText) ?? [])).filter(
        ({ prefix }) => prefix !== section.prefix,
      );
      return `${[...others, section].flatMap((one) => sectionLines(one, removal)).join('\n')}\n`;
    },
  };
}

/**
 * Line that names a stored key of an IAM user, whose id begins with `AKIA` (IAM user guide, unique identifiers). Only the
 * shell that reads the file sees the variables of the job. The ids of temporary credentials begin with `ASIA`.
 */
const STORED_KEY_LINE = `case "\${AWS_ACCESS_KEY_ID-}" in AKIA*) echo ${shellWord(
  'AWS OIDC Assume: AWS_ACCESS_KEY_ID was a stored key. This file replaces it in this shell. Remove the key from the variables of your CI system, then delete it in IAM.',
)} >&2 ;; esac`;

function sectionLines({ prefix, clears, variables, once }: EnvironmentSection, removal: string): string[] {
  return [
    headingOf(prefix),
    // A section with a prefix leaves the key in use.
    ...(prefix === '' ? [STORED_KEY_LINE] : []),
    ...(prefix === '' && clears.length > 0 ? [`unset ${clears.join(' ')}`] : []),
    ...variables.map(({ name, value }) => exportLine(prefix, name, plainText(value))),
    ...(once ? [removal] : []),
  ];
}

/** Quotes a value with single quotes, so that nothing in it is expanded. */
function exportLine(prefix: string, name: string, value: string): string {
  if (!isKnown(prefix, name)) throw new Failure('Internal', `${name} is no variable of an expose mode`);
  if (/[\n\r\0]/.test(value)) throw new Failure('CannotPublish', `The value for ${name} spans lines.`);
  return `export ${name}=${shellWord(value)}`;
}

function headingOf(prefix: string): string {
  return `# Variables ${prefix}AWS_*`;
}

/** Parses the file. Undefined if this program would not have written one of its lines. */
function parseSections(body: string, removal: string): ParsedSection[] | undefined {
  const sections: ParsedSection[] = [];
  for (const line of body.split('\n').filter((text) => text !== '')) {
    const [, prefix] = /^# Variables (\w*)AWS_\*$/.exec(line) ?? [];
    const section = sections.at(-1);
    if (prefix !== undefined && sections.every((one) => one.prefix !== prefix)) {
      sections.push({ prefix, clears: [], variables: [], once: false });
    } else {
      const extended = section && withLine(section, line, removal);
      if (extended === undefined) return undefined;
      sections[sections.length - 1] = extended;
    }
  }
  return sections;
}

function withLine(section: ParsedSection, line: string, removal: string): ParsedSection | undefined {
  const [, names] = /^unset (\w+(?: \w+)*)$/.exec(line) ?? [];
  const [, name = '', word] = /^export (\w+)=('(?:[^']|'\\'')*')$/.exec(line) ?? [];
  if (line === removal) return { ...section, once: true };
  if (line === STORED_KEY_LINE && section.prefix === '') return section;
  if (names !== undefined) {
    const clears = names.split(' ');
    return clears.every((one) => isKnown('', one)) ? { ...section, clears } : undefined;
  }
  if (word === undefined || !isKnown(section.prefix, name)) return undefined;
  const value = word.slice(1, -1).replaceAll(`'\\''`, "'");
  return { ...section, variables: [...section.variables, { name, value }] };
}

function isKnown(prefix: string, name: string): boolean {
  return name.startsWith(prefix) && KNOWN_VARIABLES.has(name.slice(prefix.length));
}

/**
 * Line with which the file removes itself. A shell does not tell a sourced file its own name, and the step may see the
 * build folder at another path than this program. So it tries all likely places, and a remaining file is an error.
 */
function removalLine(locations: readonly string[]): string {
  const failure =
    'AWS OIDC Assume: EXPOSE_ONCE did not work: this file was found at none of its places, or cannot be removed. Remove it: it holds credentials.';
  return (
    `( gone=; for file in ${locations.join(' ')}; do [ -f "$file" ] || continue; command rm -f -- "$file"; ` +
    `[ -f "$file" ] && exit 1; gone=1; done; [ "$gone" ] ) || { echo ${shellWord(failure)} >&2; false; }`
  );
}
