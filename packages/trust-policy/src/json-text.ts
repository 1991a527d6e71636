/** Where a JSON text says the same member twice; `pointer` is a JSON pointer (RFC 6901) to the second one. */
export interface DuplicateMember {
  readonly pointer: string;
  readonly name: string;
}

/** Escapes one reference token of a JSON pointer (RFC 6901): condition keys are full of slashes. */
export function pointerToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

interface Frame {
  readonly names: Set<string> | undefined;
  readonly pointer: string;
  name: string;
  index: number;
}

/**
 * First member that an object of this JSON text names twice, or undefined.
 *
 * `JSON.parse` keeps the last one silently, so a second `"StringLike"` block would make the first one's conditions
 * vanish from the evaluation. IAM refuses such a document. The text must already be known to be valid JSON.
 */
export function findDuplicateMember(text: string): DuplicateMember | undefined {
  const stack: Frame[] = [];
  let expectName = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    const frame = stack.at(-1);
    if (character === '"') {
      const end = endOfString(text, at);
      if (expectName && frame?.names !== undefined) {
        const name = String(JSON.parse(text.slice(at, end + 1)));
        if (frame.names.has(name)) return { name, pointer: `${frame.pointer}/${pointerToken(name)}` };
        frame.names.add(name);
        frame.name = name;
        expectName = false;
      }
      at = end;
    } else if (character === '{' || character === '[') {
      const pointer = frame === undefined ? '' : `${frame.pointer}/${pointerToken(memberOf(frame))}`;
      stack.push({ names: character === '{' ? new Set() : undefined, pointer, name: '', index: 0 });
      expectName = character === '{';
    } else if (character === '}' || character === ']') {
      stack.pop();
      expectName = false;
    } else if (character === ',' && frame !== undefined) {
      frame.index += 1;
      expectName = frame.names !== undefined;
    }
  }
  return undefined;
}

function memberOf(frame: Frame): string {
  return frame.names === undefined ? String(frame.index) : frame.name;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
