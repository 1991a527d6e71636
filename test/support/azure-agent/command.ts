/** A logging command as the agent reads it from a line of output. */
export interface AgentCommand {
  readonly area: string;
  readonly event: string;
  /** Names in lower case. */
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/**
 * The agent's grammar (agent, `Command.cs`): the first `##vso[` anywhere in the line, up to the first `]`; the first
 * space begins the properties, apart by `;`, each split at its first `=`; data after the bracket.
 * @returns `malformed` for a line that holds the keyword but no command; undefined for any other line
 */
export function parseCommand(line: string): AgentCommand | 'malformed' | undefined {
  const begin = line.indexOf('##vso[');
  if (begin < 0) return undefined;
  const end = line.indexOf(']', begin);
  if (end < 0) return 'malformed';
  const head = line.slice(begin + '##vso['.length, end);
  const space = head.indexOf(' ');
  const [area, event, ...rest] = (space < 0 ? head : head.slice(0, space)).split('.').filter((part) => part !== '');
  if (area === undefined || event === undefined || rest.length > 0) return 'malformed';
  const properties: Record<string, string> = {};
  for (const pair of space < 0 ? [] : head.slice(space + 1).split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 1 || equals === pair.length - 1) continue;
    properties[pair.slice(0, equals).trim().toLowerCase()] = unescaped(pair.slice(equals + 1));
  }
  return { area: area.toLowerCase(), event: event.toLowerCase(), properties, data: unescaped(line.slice(end + 1)) };
}

/** `%AZP25` last, so that it does not make an escape of what follows. */
function unescaped(text: string): string {
  return text
    .replaceAll('%3B', ';')
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%5D', ']')
    .replaceAll('%AZP25', '%');
}
