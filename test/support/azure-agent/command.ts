import { cultureIndexOf } from './culture-search.ts';

/** A logging command as the agent reads it from a line of output. */
export interface AgentCommand {
  /** In lower case: look-ups are without case. */
  readonly area: string;
  readonly event: string;
  /** Names in lower case. */
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const PREFIX = '##vso[';

/**
 * The agent's grammar (agent, `Command.cs`): the first `##vso[` anywhere in the line, up to the first `]`. The search is
 * culture-sensitive, but the name of the command begins six characters later in any case. The first space begins the properties, apart by `;`, each a name and a value around `=`; data after the bracket. Names are not
 * trimmed: after `; ` a property is another one.
 * @returns `malformed` for a line that holds the keyword but no command; undefined for any other line
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
    // A command that begins with the space has no properties.
    properties: space > 0 ? propertiesOf(head.slice(space + 1)) : {},
    data: unescapeData(line.slice(end + 1)),
  };
}

/** .NET's `Split` with `RemoveEmptyEntries` and a count of two: `=` at the beginning of name or value is lost. */
function propertiesOf(text: string): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const pair of text.split(';')) {
    const [, name, value] = /^=*([^=]+)=+([^=].*)$/s.exec(pair) ?? [];
    if (name !== undefined && value !== undefined) properties[name.toLowerCase()] = unescapeData(value);
  }
  return properties;
}

/** `%AZP25` last, so that it does not make an escape of what follows (agent, `CommandStringConvertor.cs`). */
export function unescapeData(text: string): string {
  return text
    .replaceAll('%3B', ';')
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%5D', ']')
    .replaceAll('%AZP25', '%');
}

/** The other way. */
export function escapeData(text: string): string {
  return text
    .replaceAll('%', '%AZP25')
    .replaceAll(';', '%3B')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replaceAll(']', '%5D');
}
