import { cultureIndexOf } from './culture-search.ts';

/** A logging command as the agent reads it from a line of output. */
export interface AgentCommand {
  /** Name in lower case, because lookups ignore case. */
  readonly area: string;
  readonly event: string;
  /** Properties by name in lower case. */
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const PREFIX = '##vso[';

/**
 * Parses a line with the agent's grammar (agent, `Command.cs`). A command extends from the first `##vso[` in the line
 * to the first `]`. The search is culture-sensitive, but the command's name always begins six characters later.
 * Properties begin after the first space and are separated by `;`. Each is a name and a value around `=`. Data follows
 * the bracket. Names are not trimmed, so `; ` begins a property with another name.
 *
 * @returns `malformed` for a line with the keyword but no command; undefined for any other line
 */
export function parseCommand(line: string): AgentCommand | 'malformed' | undefined {
  const begin = cultureIndexOf(line, PREFIX);
  const end = begin < 0 ? -1 : line.indexOf(']', begin);
  const nothing = cultureIndexOf(line, '##vso') < 0 ? undefined : 'malformed';
  if (end < 0) return nothing;
  const head = line.slice(begin + PREFIX.length, end);
  const space = head.indexOf(' ');
  const [area, event, ...more] = (space < 0 ? head : head.slice(0, space)).split('.').filter((part) => part !== '');
  if (area === undefined || event === undefined || more.length > 0) return nothing;
  return {
    area: area.toLowerCase(),
    event: event.toLowerCase(),
    // If the command begins with the space, it has no properties.
    properties: space > 0 ? propertiesOf(head.slice(space + 1)) : {},
    data: unescapeData(line.slice(end + 1)),
  };
}

/**
 * Splits like .NET's `Split` with `RemoveEmptyEntries` and a count of two, so a leading `=` of name or value is lost.
 */
function propertiesOf(text: string): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const pair of text.split(';')) {
    const [, name, value] = /^=*([^=]+)=+([^=].*)$/s.exec(pair) ?? [];
    if (name !== undefined && value !== undefined) properties[name.toLowerCase()] = unescapeData(value);
  }
  return properties;
}

/** Unescapes data. `%AZP25` is last, so that it does not create an escape (agent, `CommandStringConvertor.cs`). */
export function unescapeData(text: string): string {
  return text
    .replaceAll('%3B', ';')
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%5D', ']')
    .replaceAll('%AZP25', '%');
}

/** Escapes data. */
export function escapeData(text: string): string {
  return text
    .replaceAll('%', '%AZP25')
    .replaceAll(';', '%3B')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replaceAll(']', '%5D');
}
