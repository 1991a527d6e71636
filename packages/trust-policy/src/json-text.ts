/** Where a JSON text says the same member twice; `pointer` is a JSON pointer (RFC 6901) to the second one. */
export interface DuplicateMember {
  readonly pointer: string;
  readonly name: string;
}

/** Escapes one reference token of a JSON pointer (RFC 6901): condition keys are full of slashes. */
export function pointerToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** An object or a list that is not closed yet. */
interface Frame {
  readonly pointer: string;
  readonly names: Set<string>;
  /** Name or index of the member being read. */
  member: string | number;
}

/** A string, with the colon after it where it is a member's name, or a sign of structure. */
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}[\],]/g;

/**
 * First member that an object of this JSON text names twice, or undefined.
 *
 * `JSON.parse` keeps the last one silently, so a second `"StringLike"` block would make the first one's conditions
 * vanish from the evaluation. IAM refuses such a document. The text must already be known to be valid JSON.
 */
export function findDuplicateMember(text: string): DuplicateMember | undefined {
  const stack: Frame[] = [];
  for (const [token, string, colon] of text.matchAll(TOKEN)) {
    const frame = stack.at(-1);
    if (token === '{' || token === '[') {
      const pointer = frame === undefined ? '' : `${frame.pointer}/${pointerToken(String(frame.member))}`;
      stack.push({ pointer, names: new Set(), member: 0 });
    } else if (token === '}' || token === ']') {
      stack.pop();
    } else if (frame !== undefined && string !== undefined && colon !== undefined) {
      const name = String(JSON.parse(string));
      if (frame.names.has(name)) return { name, pointer: `${frame.pointer}/${pointerToken(name)}` };
      frame.names.add(name);
      frame.member = name;
    } else if (token === ',' && typeof frame?.member === 'number') {
      frame.member += 1;
    }
  }
  return undefined;
}
